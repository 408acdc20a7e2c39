import pino from "pino";

/** One line of JSON per fact. Values under these names never reach a line, whoever passes them. */
export const log = pino({
  level: process.env.WHARFINGER_LOG_LEVEL ?? "info",
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: {
    paths: [
      "authorization",
      "cookie",
      "password",
      "secret",
      "token",
      "*.authorization",
      "*.cookie",
      "*.password",
      "*.secret",
      "*.token",
      "headers.authorization",
      "headers.cookie",
    ],
    censor: "[hidden]",
  },
});
