import { describe, expect, it } from "vitest";
import {
  parseRepositoryView,
  repositoryViewHref,
  toRepositoryQuery,
} from "@/components/repositories/repository-view";

const parse = (search: string) => parseRepositoryView(new URLSearchParams(search));

describe("the address of the repository list", () => {
  it("comes back as it was written, without what is as by default", () => {
    const href =
      "/images?registry=prod&q=api&prefix=team&team=web&state=missing&protected=true&pulled=never&stale=true&kind=helm-chart&sort=name";
    expect(repositoryViewHref(parse(href.slice(href.indexOf("?"))))).toBe(href);
    expect(repositoryViewHref(parse(""))).toBe("/images");
  });

  it("W10: takes no order and no state that it does not know", () => {
    expect(
      toRepositoryQuery(
        parse("?sort=secretCipher&state=deleted&q=%20&protected=no&pulled=[not]&stale=1&kind=*"),
      ),
    ).toEqual({
      registry: undefined,
      q: undefined,
      prefix: undefined,
      team: undefined,
      state: "present",
      protected: undefined,
      pulled: undefined,
      stale: undefined,
      kind: undefined,
      sort: "-lastPushedAt",
    });
  });
});
