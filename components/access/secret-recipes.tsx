"use client";

import { useId, useState } from "react";
import type { RegistryChoice } from "@/components/access/access-rights";
import { prepareSecretRecipes } from "@/components/access/prepare-secret-recipes";
import { classNames } from "@/components/ui/class-names";
import { ConfigText } from "@/components/ui/config-text";
import { RegistrySelect } from "@/components/ui/registry-select";

/** What to paste where, for one registry at a time. */
export function SecretRecipes({
  registries,
  username,
  value,
}: {
  registries: RegistryChoice[];
  username: string;
  value: string;
}) {
  const id = useId();
  const [slug, setSlug] = useState(registries[0]?.slug ?? "");
  const [key, setKey] = useState("login");
  const registry = registries.find((each) => each.slug === slug);
  if (!registry) return null;
  const recipes = prepareSecretRecipes({ host: registry.host, username, value });
  const recipe = recipes.find((each) => each.key === key);
  return (
    <section aria-labelledby={`${id}-title`} className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-center gap-2">
        <h3 id={`${id}-title`} className="font-semibold">
          What to paste
        </h3>
        {registries.length > 1 ? (
          <RegistrySelect registries={registries} value={slug} onSlug={setSlug} />
        ) : null}
      </div>
      <div className="flex flex-wrap gap-1.5">
        {recipes.map((each) => (
          <button
            key={each.key}
            type="button"
            aria-pressed={each.key === key}
            onClick={() => setKey(each.key)}
            className={classNames(
              "inline-flex h-6 items-center rounded-full border px-2.5 text-small",
              each.key === key
                ? "border-accent bg-accent-soft font-medium text-accent"
                : "border-line text-muted hover:border-line-strong hover:text-ink",
            )}
          >
            {each.label}
          </button>
        ))}
      </div>
      {recipe ? (
        <>
          <p className="text-small text-muted">{recipe.about}</p>
          <ConfigText text={recipe.text} label={`Copy for ${recipe.label}`} />
        </>
      ) : null}
    </section>
  );
}
