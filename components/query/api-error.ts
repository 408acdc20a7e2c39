/** An answer of our own API that is not a success, taken from its problem document. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** 0 when the console could not be reached at all. */
  readonly status: number;
  readonly code: string;
  readonly fields: readonly { field: string; message: string }[];
  readonly requestId: string | null;

  constructor(
    status: number,
    code: string,
    message: string,
    fields: readonly { field: string; message: string }[] = [],
    requestId: string | null = null,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.requestId = requestId;
  }

  /** What is wrong with one field of the request, if the answer says so. */
  fieldProblem(field: string): string | undefined {
    return this.fields.find((each) => each.field === field)?.message;
  }
}

/** The sentence to show for any failure. */
export function describeError(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong in the browser. Try again.";
}
