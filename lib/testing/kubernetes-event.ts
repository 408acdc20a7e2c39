export const failedImage = "registry.example:5000/team/api:v9";
/** What a kubelet says of it. */
export const failedPull = `Failed to pull image "${failedImage}": rpc error: code = NotFound desc = failed to pull and unpack image "${failedImage}": failed to resolve reference "${failedImage}": ${failedImage}: not found`;

export interface EventFields {
  reason?: string;
  message?: string;
  [field: string]: unknown;
}

/** An Event of a pull that failed, with other fields where given. */
export function createKubernetesEvent(fields: EventFields = {}) {
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: "api-7d9c8b6f5d-x2x4z.18a7",
      namespace: "prod",
      uid: "uid-1",
      managedFields: [{ a: 1 }],
    },
    involvedObject: { kind: "Pod", namespace: "prod", name: "api-7d9c8b6f5d-x2x4z", uid: "pod-1" },
    reason: "Failed",
    message: failedPull,
    source: { component: "kubelet", host: "node-7" },
    firstTimestamp: "2026-04-17T11:54:48Z",
    lastTimestamp: "2026-04-17T12:00:17Z",
    count: 10,
    type: "Warning",
    eventTime: null,
    ...fields,
  };
}
