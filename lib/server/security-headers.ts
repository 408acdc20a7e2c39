/** Headers of every answer. The nonce lets Next's own scripts run; nothing inline runs otherwise. */
export function prepareSecurityHeaders(nonce: string, options: { https: boolean; development: boolean }) {
  const script = options.development
    ? `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'unsafe-eval'`
    : `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`;
  const policy = [
    "default-src 'none'",
    script,
    options.development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    options.development ? "connect-src 'self' ws:" : "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
  return {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(options.https ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}

const staticFile = /^\/_next\/static\/[\w~-][\w~./-]*$/;

/** Whether the path is a built file, and nothing that could be read as another path. */
export function isStaticFile(path: string): boolean {
  return staticFile.test(path) && !path.includes("..") && !path.includes("//");
}

/** Headers of built scripts, styles and fonts: a policy for documents would only add to each of them. */
export const staticFileHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
};
