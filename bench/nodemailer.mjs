// Letters by nodemailer's pool: node nodemailer.mjs PORT LETTERS CONNECTIONS [DKIM KEY FILE] < {"html", "text", "sender"}
// Prints letters a second.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// It stands with the other programs from npm.
const nodemailer = createRequire(new URL("../tests/peers/package.json", import.meta.url))("nodemailer");

const [port, letters, connections, key] = process.argv.slice(2);
const { html, text, sender } = JSON.parse(readFileSync(0, "utf-8"));
const dkim = key && {
  domainName: "bench.example",
  keySelector: "digest",
  privateKey: readFileSync(key, "utf-8"),
};
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
  dkim: dkim || undefined,
});

const began = process.hrtime.bigint();
let next = 0;
async function send() {
  while (next < Number(letters)) {
    const number = next++;
    const leave = `https://bench.example/u/${number.toString(16).padStart(40, "0")}`;
    await transport.sendMail({
      from: sender,
      to: `reader${number}@inbox.example`,
      subject: "The quay council weighs a bridge",
      text: text.replaceAll("{unsubscribe_url}", leave),
      html: html.replaceAll("{&unsubscribe_url}", leave),
      headers: { "List-Unsubscribe": `<${leave}>` },
    });
  }
}
await Promise.all(Array.from({ length: Number(connections) * 2 }, send));
console.log(Number(letters) / (Number(process.hrtime.bigint() - began) / 1e9));
transport.close();
