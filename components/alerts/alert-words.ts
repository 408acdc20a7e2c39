import type {
  AttemptOutcome,
  ChannelKind,
  ConditionKind,
  DeliveryKind,
  DeliveryState,
} from "#lib/alerts/schema";
import type { Tone } from "@/components/ui/pill";

export const conditionWords: Record<ConditionKind, string> = {
  "failure-rate": "Many pulls fail",
  "new-cause": "Pulls fail for a new cause",
  "protected-failure": "A pull from a protected repository fails",
  "unusual-push": "Somebody unusual pushes to a protected repository",
  "source-silent": "A source of events goes silent",
};

export const channelWords: Record<ChannelKind, string> = {
  webhook: "Signed webhook",
  slack: "Slack, or what takes the same",
  email: "E-mail",
};

export const deliveryWords: Record<DeliveryKind, { label: string; tone: Tone }> = {
  firing: { label: "began", tone: "danger" },
  resolved: { label: "over", tone: "good" },
  test: { label: "test", tone: "info" },
};

export const stateWords: Record<DeliveryState, { label: string; tone: Tone }> = {
  waiting: { label: "on its way", tone: "warn" },
  delivered: { label: "delivered", tone: "good" },
  "given-up": { label: "given up", tone: "danger" },
};

const outcomeWords: Record<AttemptOutcome, string> = {
  delivered: "Delivered",
  answered: "Refused by the receiver",
  "not-delivered": "Not delivered: the name is not found, or the console may not reach the address",
  "cannot-connect": "No connection",
  tls: "No secure connection",
  timeout: "No answer within ten seconds",
  "invalid-answer": "The answer is not proper HTTP, or too long",
  "mail-refused": "Refused by the mail server",
  "mail-not-set-up": "WHARFINGER_SMTP_URL and WHARFINGER_MAIL_FROM are not set",
  "secret-not-opened": "Its secret was sealed with another master key",
};

export function describeAttempt(attempt: { outcome: AttemptOutcome; status: number | null }): string {
  const words = outcomeWords[attempt.outcome];
  return attempt.status === null ? words : `${words} (${attempt.status})`;
}
