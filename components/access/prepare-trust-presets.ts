import type { Recipe } from "@/components/access/prepare-secret-recipes";

export interface TrustPreset {
  key: "github" | "gitlab" | "kubernetes" | "other";
  label: string;
  issuer: string;
  subjectPattern: string;
  /** What the subject says there, and what to change in it. */
  hint: string;
}

/** What the usual issuers of tokens say of themselves; what stands in angle brackets is to be replaced. */
export const trustPresets: readonly TrustPreset[] = [
  {
    key: "github",
    label: "GitHub Actions",
    issuer: "https://token.actions.githubusercontent.com",
    subjectPattern: "repo:<owner>/<repository>:ref:refs/heads/main",
    hint: "Which repository, and from which branch, tag (ref:refs/tags/*) or environment (environment:production).",
  },
  {
    key: "gitlab",
    label: "GitLab CI",
    issuer: "https://gitlab.com",
    subjectPattern: "project_path:<group>/<project>:ref_type:branch:ref:main",
    hint: "Which project, and from which branch or tag (ref_type:tag:ref:*).",
  },
  {
    key: "kubernetes",
    label: "Kubernetes",
    issuer: "https://kubernetes.default.svc.cluster.local",
    subjectPattern: "system:serviceaccount:<namespace>:<service-account>",
    hint: "Which service account. The issuer is what the cluster says under /.well-known/openid-configuration.",
  },
  {
    key: "other",
    label: "Another issuer",
    issuer: "",
    subjectPattern: "",
    hint: "The sub claim of its tokens.",
  },
];

/** Whether a part that was meant to be replaced still stands there. */
export function hasPlaceholder(text: string): boolean {
  return /<[a-z-]+>/.test(text);
}

/** How a job gets such a token and signs in with it, for the preset that the issuer belongs to. */
export function prepareTrustRecipe(input: {
  issuer: string;
  audience: string;
  host: string;
  username: string;
}): Recipe {
  const { issuer, audience, host, username } = input;
  const login = `docker login ${host} --username ${username} --password-stdin`;
  if (issuer === "https://token.actions.githubusercontent.com")
    return {
      key: "github",
      label: "GitHub Actions",
      about: "The job needs permissions: id-token: write. No secret is stored anywhere.",
      text: `permissions:
  id-token: write
  contents: read
steps:
  - name: Sign in to ${host}
    run: |
      curl -sSf -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience)}" |
        jq -r .value | ${login}
`,
    };
  if (issuer.includes("gitlab"))
    return {
      key: "gitlab",
      label: "GitLab CI",
      about: "The job asks GitLab for the token by its audience. No secret is stored anywhere.",
      text: `publish:
  id_tokens:
    REGISTRY_TOKEN:
      aud: ${JSON.stringify(audience)}
  before_script:
    - printf %s "$REGISTRY_TOKEN" | ${login}
`,
    };
  if (issuer.includes("kubernetes"))
    return {
      key: "kubernetes",
      label: "Kubernetes",
      about:
        "Mounts a token of the pod's service account; a credential provider of the kubelet can use the same.",
      text: `volumes:
  - name: registry-token
    projected:
      sources:
        - serviceAccountToken:
            audience: ${JSON.stringify(audience)}
            path: token
# in the container, with the volume mounted at /var/run/registry:
#   ${login} < /var/run/registry/token
`,
    };
  return {
    key: "other",
    label: "Any client",
    about: "The token itself is the password.",
    text: `printf %s "$TOKEN" | ${login}\n`,
  };
}
