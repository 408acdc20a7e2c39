import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { readKnownImage } from "#lib/failures/known-image";
import { evaluateCause, type TextVerdict } from "#lib/failures/rules-cause";
import { refineCause } from "#lib/failures/rules-diagnosis";
import { findNamedImage, type NamedImage } from "#lib/failures/rules-image";
import { explainCause, prepareNextSteps } from "#lib/failures/rules-next-steps";
import type { DiagnoseBody, Diagnosis } from "#lib/failures/schema";
import { InvalidError } from "#lib/http/errors";
import { chooseRegistry } from "#lib/inventory/rules-reference";
import { listVisibleRegistries } from "#lib/inventory/service-access";

/** Why a pull failed and what to do, from what a client or a kubelet said and what the inventory knows. Stores nothing. */
export async function diagnose(ctx: Context, body: DiagnoseBody): Promise<Diagnosis> {
  authorizeSomewhere(ctx, "repositories.read");
  const said = readSaid(body);
  const verdict = evaluateSaid(said);
  const named = findNamedImage(said.text);
  const found = named === null ? null : await findRegistryOf(ctx, named);
  const image = named && {
    reference: named.reference,
    registry: found,
    repository: named.repository,
    tag: named.tag,
    digest: named.digest,
  };
  if (verdict === "not-a-failed-pull")
    return {
      failedPull: false,
      cause: null,
      explanation: "This is no failed pull: the image was there, or the container itself ended.",
      nextSteps: [],
      image,
    };
  const known =
    named === null || found === null
      ? null
      : await readKnownImage(ctx, found, named.repository, named.tag ?? named.digest ?? "latest");
  const cause = refineCause(verdict, known);
  return {
    failedPull: true,
    cause,
    explanation: explainCause(cause, known),
    nextSteps: prepareNextSteps(cause, known),
    image,
  };
}

/** The message, and the reason of an event, which counts where the message says nothing. */
function readSaid(body: DiagnoseBody): { text: string; reason: string | null } {
  if ("text" in body && typeof body.text === "string") return { text: body.text, reason: null };
  const event = "event" in body && typeof body.event === "object" && body.event !== null ? body.event : body;
  const { reason, message, note } = event as { reason?: string; message?: string; note?: string };
  const text = message || note || reason;
  if (!text) throw new InvalidError("message", "The event has no message.");
  return { text, reason: reason || null };
}

function evaluateSaid({ text, reason }: ReturnType<typeof readSaid>): TextVerdict {
  const verdict = evaluateCause(text);
  if (reason === null || (verdict !== "unknown" && verdict !== "no-cause-in-text")) return verdict;
  const byReason = evaluateCause(reason);
  return byReason === "unknown" ? verdict : byReason;
}

/** The slug of the registry that the image names, if it is one that the reader may see. */
async function findRegistryOf(ctx: Context, named: NamedImage): Promise<string | null> {
  const registries = await listVisibleRegistries(ctx);
  return chooseRegistry(registries, named.host ?? "docker.io")?.slug ?? null;
}
