/**
 * Chat completions, as OpenAI's API gives them, from no model at all.
 * Source of the shapes: https://platform.openai.com/docs/api-reference/chat/create
 *
 * @module
 */
import { z } from "zod";

/** As much of a request as is looked at. */
export const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.int().min(1).optional(),
});

/** Characters of one token, about. */
const PER_TOKEN = 4;

/** Words of a summary. */
const WORDS = 24;

/** A completion whose text is the beginning of what the user said. */
export function complete(request: z.infer<typeof requestSchema>, id: string) {
  const said = request.messages.findLast(({ role }) => role === "user");
  const words = (said?.content ?? "").split(/\s+/).filter(Boolean);
  const full = `In short: ${words.slice(0, WORDS).join(" ")}${words.length > WORDS ? " …" : ""}`;
  const most = (request.max_tokens ?? Infinity) * PER_TOKEN;
  const content = full.slice(0, most);
  const tokens = (text: string) => Math.ceil(text.length / PER_TOKEN);
  const asked = request.messages.map(({ content }) => content).join("\n");
  return {
    id,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content },
        finish_reason: content === full ? "stop" : "length",
      },
    ],
    usage: {
      prompt_tokens: tokens(asked),
      completion_tokens: tokens(content),
      total_tokens: tokens(asked) + tokens(content),
    },
  };
}
