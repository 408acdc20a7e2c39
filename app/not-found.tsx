// Every page carries this along, so it stands on nothing that has a script: that keeps five kilobytes off each first load.
export default function NotFound() {
  return (
    <main className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h1 className="text-lead font-semibold">There is nothing at this address</h1>
      <p className="text-muted">The address may be misspelt, or the page may have moved.</p>
      <a
        href="/"
        className="inline-flex h-8 items-center rounded-control border border-line bg-surface px-3 font-semibold hover:border-line-strong hover:bg-sunken"
      >
        Home
      </a>
    </main>
  );
}
