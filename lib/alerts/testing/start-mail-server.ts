import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and text as they came, dots taken off. */
  source: string;
}

export interface MailServer {
  port: number;
  mails: ReceivedMail[];
  /** What the next recipients are answered; afterwards they are taken. */
  recipientAnswers: string[];
  stop(): Promise<void>;
}

/** As little of SMTP as a sender needs, without TLS and logins. */
export async function startMailServer(): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const recipientAnswers: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    speak(socket, mails, recipientAnswers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    recipientAnswers,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function speak(socket: Socket, mails: ReceivedMail[], recipientAnswers: string[]): void {
  let buffer = "";
  let data: string[] | null = null;
  let mail: ReceivedMail = { from: "", to: [], source: "" };
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (data !== null) {
      if (line !== ".") return void data.push(line.replace(/^\./, ""));
      mails.push({ ...mail, source: data.join("\r\n") });
      data = null;
      return say("250 taken");
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO" || verb === "HELO") return say("250 test");
    if (verb === "MAIL") {
      mail = { from: address, to: [], source: "" };
      return say("250 ok");
    }
    if (verb === "RCPT") {
      const answer = recipientAnswers.shift() ?? "250 ok";
      if (answer.startsWith("250")) mail.to.push(address);
      return say(answer);
    }
    if (verb === "DATA") {
      data = [];
      return say("354 go on");
    }
    if (verb === "QUIT") return void socket.end("221 bye\r\n");
    return say("250 ok");
  };
  say("220 test");
  socket.on("data", (piece) => {
    buffer += piece.toString("utf8");
    for (let end = buffer.indexOf("\r\n"); end !== -1; end = buffer.indexOf("\r\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      hear(line);
    }
  });
}
