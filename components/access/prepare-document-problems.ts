export interface DocumentProblem {
  line: number | null;
  text: string;
}

/** What is wrong in a document, by line: the API says "Line 12: …" for each mistake. */
export function prepareDocumentProblems(error: {
  fields: readonly { field: string; message: string }[];
}): DocumentProblem[] {
  return error.fields
    .map(({ message }) => {
      const told = /^Line (\d+): /.exec(message);
      return told
        ? { line: Number(told[1]), text: message.slice(told[0].length) }
        : { line: null, text: message };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
