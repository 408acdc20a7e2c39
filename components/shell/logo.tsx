import Link from "next/link";

export function Logo() {
  return (
    <Link
      href="/"
      prefetch={false}
      className="flex items-center gap-2.5 rounded-control text-[15px] font-bold"
    >
      <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5 text-accent" fill="none">
        <path
          d="M1.5 5.5h17M3.5 5.5v-2h13v2M5 5.5v11M15 5.5v11M10 5.5v7M1.5 16.5c1.4 1.3 2.8 1.3 4.2 0 1.4 1.3 2.9 1.3 4.3 0 1.4 1.3 2.9 1.3 4.3 0 1.4 1.3 2.8 1.3 4.2 0"
          stroke="currentColor"
          strokeWidth="1.7"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Wharfinger
    </Link>
  );
}
