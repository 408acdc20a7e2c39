import Link from "next/link";
import type { Diagnosis } from "#lib/failures/schema";
import { causeWords } from "@/components/failures/cause-words";
import { Card } from "@/components/ui/card";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";

/** Cause first, then why, then what to do. */
export function DiagnosisCard({ diagnosis }: { diagnosis: Diagnosis }) {
  const { cause, explanation, nextSteps, image } = diagnosis;
  return (
    <Card title={cause === null ? "No failed pull" : causeWords[cause]} detail={cause}>
      <div className="flex flex-col gap-3 px-3.5 py-3">
        <p>
          <SafeText text={explanation} clip={false} />
        </p>
        {image ? (
          <p className="text-muted [overflow-wrap:anywhere]">
            {"Image "}
            {image.registry !== null && image.repository !== null ? (
              <Link
                href={imageHref(image.registry, image.repository, image.tag ?? image.digest ?? undefined)}
                className="hover:text-accent hover:underline"
              >
                <SafeText text={image.reference} mono clip={false} />
              </Link>
            ) : (
              <>
                <SafeText text={image.reference} mono clip={false} /> <Pill>not in a connected registry</Pill>
              </>
            )}
          </p>
        ) : null}
        {nextSteps.length > 0 ? (
          <section aria-label="What to do">
            <h3 className="mb-1 font-semibold">What to do</h3>
            <ul className="list-disc pl-5 [&>li]:py-0.5">
              {nextSteps.map((step) => (
                <li key={`${step.href} ${step.text}`}>
                  {step.href === null ? (
                    <SafeText text={step.text} clip={false} />
                  ) : (
                    <Link href={step.href} className="text-accent hover:underline">
                      <SafeText text={step.text} clip={false} />
                    </Link>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </Card>
  );
}
