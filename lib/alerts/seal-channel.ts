import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ChangedChannel, ChannelKind, NewChannel } from "#lib/alerts/schema";
import type { OpenChannel } from "#lib/alerts/send-message";
import type { RuleRow } from "#lib/alerts/store";
import { InvalidError } from "#lib/http/errors";
import { MasterKeyError } from "#lib/secrets/master-key";
import { openSecret, sealSecret } from "#lib/secrets/service";
import { readMailSettings } from "#lib/settings/mail-settings";

export interface SealedChannel {
  columns: {
    channelKind: ChannelKind;
    channelName: string;
    channelTarget: string;
    recipients: string[];
    channelCipher: string | null;
  };
  /** A signing secret that is to be shown this once. */
  secret: string | null;
}

const sealedSchema = z.strictObject({ url: z.string(), secret: z.string().nullable() });

/** A channel as it is kept. What a change leaves out stays as it was in `before`. */
export function sealChannel(channel: NewChannel | ChangedChannel, before: RuleRow | null): SealedChannel {
  if (channel.kind === "email") return keepMail(channel);
  const known = before?.channelKind === channel.kind ? openSealed(before) : null;
  const url = channel.url ?? known?.url;
  if (url === undefined) throw new InvalidError("channel.url", "Say where it is to be sent.");
  const isFresh =
    channel.kind === "webhook" && (!known?.secret || ("newSecret" in channel && channel.newSecret));
  const secret = isFresh ? `whsec_${randomBytes(32).toString("base64")}` : null;
  const sealed = { url, secret: secret ?? known?.secret ?? null };
  return {
    columns: {
      channelKind: channel.kind,
      channelName: channel.name,
      channelTarget: `${new URL(url).origin}/…`,
      recipients: [],
      channelCipher: sealSecret("alert-channel", JSON.stringify(sealed)),
    },
    secret,
  };
}

function keepMail({ name, to }: { name: string; to: string[] }): SealedChannel {
  if (readMailSettings(process.env).settings === null)
    throw new InvalidError(
      "channel.kind",
      "No e-mail can be sent yet: WHARFINGER_SMTP_URL and WHARFINGER_MAIL_FROM are not set.",
    );
  const recipients = [...new Set(to)];
  return {
    columns: {
      channelKind: "email",
      channelName: name,
      channelTarget: recipients.join(", "),
      recipients,
      channelCipher: null,
    },
    secret: null,
  };
}

type SealedRow = Pick<RuleRow, "channelKind" | "channelCipher" | "recipients">;

/** Null when the master key that sealed it is not at hand. */
export function openChannel(row: SealedRow): OpenChannel | null {
  if (row.channelKind === "email") return { kind: "email", to: row.recipients };
  const sealed = openSealed(row);
  if (sealed === null) return null;
  if (row.channelKind === "slack") return { kind: "slack", url: sealed.url };
  return sealed.secret === null ? null : { kind: "webhook", url: sealed.url, secret: sealed.secret };
}

function openSealed(row: SealedRow): z.output<typeof sealedSchema> | null {
  if (row.channelCipher === null) return null;
  try {
    return sealedSchema.parse(JSON.parse(openSecret("alert-channel", row.channelCipher)));
  } catch (error) {
    if (error instanceof MasterKeyError) return null;
    throw error;
  }
}
