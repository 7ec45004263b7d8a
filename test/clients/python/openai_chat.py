"""openai-python on chat completions: BASE_URL, API_KEY and MODEL come from the environment; ends with 0 where all is well."""

import json
import os

import openai
from pydantic import BaseModel

MODEL = os.environ["MODEL"]
client = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], max_retries=0)
FAST = " [practice: fast]"
PLAN = 'The weather?\n[practice plan]\nweather {"city": "Oslo"}\nsay It is {result}.\n\n' + FAST


class Place(BaseModel):
    city: str
    people: int


def ask(text):
    return [{"role": "user", "content": text + FAST}]


whole = client.chat.completions.create(model=MODEL, messages=ask("Hello"))
text = whole.choices[0].message.content
assert "no model was called" in text, text
assert whole.usage.total_tokens > 0

with client.chat.completions.stream(model=MODEL, messages=ask("Hello")) as stream:
    for _ in stream:
        pass
    assert stream.get_final_completion().choices[0].message.content == text

place = client.chat.completions.parse(model=MODEL, messages=ask("Oslo has 7 people"), response_format=Place)
assert place.choices[0].message.parsed.people == 7

schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = [{"type": "function", "function": {"name": "weather", "parameters": schema}}]
messages = [{"role": "user", "content": PLAN}]
first = client.chat.completions.create(model=MODEL, messages=messages, tools=tools).choices[0].message
assert json.loads(first.tool_calls[0].function.arguments) == {"city": "Oslo"}
messages += [first, {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "fine"}]
second = client.chat.completions.create(model=MODEL, messages=messages, tools=tools).choices[0].message
assert "It is fine." in second.content, second.content

try:
    client.with_options(api_key="wrong").chat.completions.create(model=MODEL, messages=ask("Hello"))
    raise SystemExit("a wrong key was let in")
except openai.AuthenticationError:
    pass

assert MODEL.startswith("bedrock/") or MODEL in {model.id for model in client.models.list()}
print("openai-python", openai.__version__, "with", MODEL)
