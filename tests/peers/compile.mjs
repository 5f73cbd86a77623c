// Compiles MJML from standard input with npm mjml; prints {html, errors} as JSON. `--times N` adds milliseconds.
import { readFileSync } from "node:fs";
import mjml2html from "mjml";

const source = readFileSync(0, "utf8");
const options = { fonts: {}, validationLevel: "soft" };
const { html, errors } = await mjml2html(source, options);
const milliseconds = [];
for (let left = Number(process.argv[2] === "--times" ? process.argv[3] : 0); left > 0; left -= 1) {
  const start = performance.now();
  await mjml2html(source, options);
  milliseconds.push(performance.now() - start);
}
process.stdout.write(JSON.stringify({ html, errors: errors.map((error) => error.formattedMessage), milliseconds }));
