import { isRegistryError, type RegistryError } from "#lib/oci/errors";

/** The RegistryError that a promise ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<RegistryError> {
  try {
    await promise;
  } catch (error) {
    if (isRegistryError(error)) return error;
    throw error;
  }
  throw new Error("It succeeded although it had to fail.");
}
