import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseWebhookSecret, signWebhook } from "#lib/alerts/sign-webhook";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const key = parseWebhookSecret(secret) ?? Buffer.alloc(0);
const message = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  body: '{"test": 2432232314}',
  key,
  at: new Date(1_614_265_330_999),
};

describe("webhook signatures", () => {
  it("are those of the Standard Webhooks test vector", () => {
    expect(signWebhook(message)).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("change with the id, the second, the body and the key", () => {
    const signatures = [
      message,
      { ...message, id: `${message.id}x` },
      { ...message, at: new Date(1_614_265_331_000) },
      { ...message, body: '{"test":2432232314}' },
      { ...message, body: '{"test": "ü"}' },
      { ...message, key: randomBytes(24) },
    ].map((one) => signWebhook(one)["webhook-signature"]);
    expect(new Set(signatures).size).toBe(signatures.length);
  });
});

describe("webhook secrets", () => {
  it("are 24 to 64 bytes in base64 behind whsec_, padded or not", () => {
    for (const bytes of [24, 25, 26, 64]) {
      const encoded = randomBytes(bytes).toString("base64");
      expect(parseWebhookSecret(`whsec_${encoded}`)?.toString("base64")).toBe(encoded);
      expect(parseWebhookSecret(`whsec_${encoded.replace(/=+$/, "")}`)?.toString("base64")).toBe(encoded);
    }
  });

  it.each([
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_",
    `whsec_${randomBytes(23).toString("base64")}`,
    `whsec_${randomBytes(65).toString("base64")}`,
    "whsec_not base64 at all, and long enough",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
  ])("nothing else is one: %j", (text) => {
    expect(parseWebhookSecret(text)).toBeNull();
  });
});
