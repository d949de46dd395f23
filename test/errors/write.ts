import { readFileSync, writeFileSync } from "node:fs";
import { listOf, MARK, messagesIn } from "./messages.ts";

/*
 * Writes the list of messages at the end of docs/errors.md from the sources.
 *
 *     npm run errors
 */
const page = "docs/errors.md";
const [text = ""] = readFileSync(page, "utf8").split(MARK);
const messages = messagesIn("src");
writeFileSync(page, `${text}${MARK}\n${listOf(messages)}`);
console.log(`${messages.length} messages`);
