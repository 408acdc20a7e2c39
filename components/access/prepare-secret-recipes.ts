export interface Recipe {
  key: string;
  label: string;
  /** What to do with the text. */
  about: string;
  text: string;
}

/** What to paste where, so that a tool signs in with a secret that was just made. */
export function prepareSecretRecipes(input: { host: string; username: string; value: string }): Recipe[] {
  const { host, username, value } = input;
  const auth = btoa(`${username}:${value}`);
  const config = JSON.stringify({ auths: { [host]: { auth } } }, null, 2);
  const objectName = toObjectName(username);
  return [
    {
      key: "login",
      label: "docker login",
      about:
        "Run it where docker, podman or skopeo is used. The secret does not end up in the list of processes.",
      text: `printf %s '${value}' | docker login ${host} --username ${quote(username)} --password-stdin\n`,
    },
    {
      key: "config",
      label: "docker config",
      about: "Save it as ~/.docker/config.json, readable only by its user.",
      text: `${config}\n`,
    },
    {
      key: "kubernetes",
      label: "Kubernetes",
      about: `Apply it in the namespace, then name ${objectName} under imagePullSecrets of the pods or of their service account.`,
      text: `apiVersion: v1
kind: Secret
metadata:
  name: ${objectName}
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ${btoa(config)}
`,
    },
    {
      key: "github",
      label: "GitHub Actions",
      about: "Store the secret in the repository as REGISTRY_SECRET; the steps name it and do not hold it.",
      text: `- name: Sign in to ${host}
  run: printf %s "$REGISTRY_SECRET" | docker login ${host} --username ${quote(username)} --password-stdin
  env:
    REGISTRY_SECRET: \${{ secrets.REGISTRY_SECRET }}
`,
    },
    {
      key: "gitlab",
      label: "GitLab CI",
      about:
        "Store the secret as the masked variable REGISTRY_SECRET; the job names it and does not hold it.",
      text: `before_script:
  - printf %s "$REGISTRY_SECRET" | docker login ${host} --username ${quote(username)} --password-stdin
`,
    },
  ];
}

/** Safe in a shell; names of principals need quotes only for the rarer signs. */
function quote(text: string): string {
  return /^[A-Za-z0-9._@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A name as Kubernetes takes it: letters, digits, dashes and dots, at most 63 here. */
function toObjectName(username: string): string {
  const name = username
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/[.-]{2,}/g, "-");
  return `registry-${name}`.slice(0, 63).replace(/[^a-z0-9]+$/, "");
}
