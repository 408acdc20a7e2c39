import { notFound } from "next/navigation";
import { NotFoundError } from "#lib/http/errors";

/** For pages: what a service says does not exist becomes the page that says so. */
export async function orNotFound<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof NotFoundError) notFound();
    throw error;
  }
}
