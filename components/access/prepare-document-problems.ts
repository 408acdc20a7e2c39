export interface DocumentProblem {
  line: number | null;
  text: string;
}

/** What is wrong in a document, by line. The API names fields `document:12` or says "Line 12: …". */
export function prepareDocumentProblems(error: {
  fields: readonly { field: string; message: string }[];
}): DocumentProblem[] {
  return error.fields
    .map(({ field, message }) => {
      const named = /^(?:document[.:])?line[ .:]?(\d+)|^document[.:](\d+)/i.exec(field);
      const told = /^line (\d+)[:,]?\s*/i.exec(message);
      const line = named?.[1] ?? named?.[2] ?? told?.[1];
      return {
        line: line === undefined ? null : Number(line),
        text: told ? message.slice(told[0].length) : message,
      };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
