export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const name = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelName = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const value = /[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN/y;

/** Reads Prometheus' text format as strictly as its description is, and throws at the first line that breaks it. */
export function parseExposition(text: string): { types: Map<string, string>; samples: ParsedSample[] } {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const types = new Map<string, string>();
  const samples: ParsedSample[] = [];
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$/.exec(line);
    if (type?.[1] && type[2]) {
      if (types.has(type[1])) throw new Error(`Two types: ${line}`);
      types.set(type[1], type[2]);
    } else if (!/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line)) {
      const sample = parseSample(line);
      if (!types.has(sample.name)) throw new Error(`Without a type before it: ${line}`);
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) throw new Error(`Told twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  return { types, samples };
}

function parseSample(line: string): ParsedSample {
  let at = 0;
  const fail = () => new Error(`Not a sample at character ${at}: ${line}`);
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(line)?.[0];
    if (found === undefined) throw fail();
    at += found.length;
    return found;
  };
  const expect = (character: string) => {
    if (line[at] !== character) throw fail();
    at += 1;
  };
  const sample: ParsedSample = { name: take(name), labels: {}, value: Number.NaN };
  if (line[at] === "{") {
    do {
      at += 1;
      const label = take(labelName);
      if (label in sample.labels) throw fail();
      expect("=");
      expect('"');
      let read = "";
      while (line[at] !== '"') {
        if (at >= line.length) throw fail();
        if (line[at] === "\\") {
          at += 1;
          const meant = { "\\": "\\", '"': '"', n: "\n" }[line[at] ?? ""];
          if (meant === undefined) throw fail();
          read += meant;
        } else read += line[at];
        at += 1;
      }
      at += 1;
      sample.labels[label] = read;
    } while (line[at] === ",");
    expect("}");
  }
  expect(" ");
  sample.value = Number(take(value).replace("Inf", "Infinity"));
  if (at !== line.length) throw fail();
  return sample;
}
