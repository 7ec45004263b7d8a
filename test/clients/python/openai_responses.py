"""openai-python on the Responses API: BASE_URL, API_KEY and MODEL come from the environment; ends with 0 where all is well."""

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


whole = client.responses.create(model=MODEL, input="Hello" + FAST)
assert "no model was called" in whole.output_text, whole.output_text
assert whole.usage.total_tokens > 0

with client.responses.stream(model=MODEL, input="Hello" + FAST) as stream:
    for _ in stream:
        pass
    assert stream.get_final_response().output_text == whole.output_text

place = client.responses.parse(model=MODEL, input="Oslo has 7 people" + FAST, text_format=Place)
assert place.output_parsed.people == 7

schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = [{"type": "function", "name": "weather", "parameters": schema, "strict": False}]
first = client.responses.create(model=MODEL, input=PLAN, tools=tools)
call = next(item for item in first.output if item.type == "function_call")
assert json.loads(call.arguments) == {"city": "Oslo"}
result = {"type": "function_call_output", "call_id": call.call_id, "output": "fine"}
second = client.responses.create(model=MODEL, previous_response_id=first.id, input=[result], tools=tools)
assert "It is fine." in second.output_text, second.output_text

try:
    client.with_options(api_key="wrong").responses.create(model=MODEL, input="Hello")
    raise SystemExit("a wrong key was let in")
except openai.AuthenticationError:
    pass

print("openai-python", openai.__version__, "with", MODEL)
