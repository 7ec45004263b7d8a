"""anthropic-python: BASE_URL, API_KEY and MODEL come from the environment; ends with 0 where all is well."""

import os

import anthropic

MODEL = os.environ["MODEL"]
base_url = os.environ["BASE_URL"].removesuffix("/v1")
client = anthropic.Anthropic(base_url=base_url, api_key=os.environ["API_KEY"], max_retries=0)
FAST = " [practice: fast]"
PLAN = 'The weather?\n[practice plan]\nweather {"city": "Oslo"}\nsay It is {result}.\n\n' + FAST


def ask(text):
    return {"model": MODEL, "max_tokens": 4000, "messages": [{"role": "user", "content": text + FAST}]}


whole = client.messages.create(**ask("Hello"))
assert "no model was called" in whole.content[-1].text, whole.content
assert whole.usage.output_tokens > 0

with client.messages.stream(**ask("Hello")) as stream:
    for _ in stream:
        pass
    assert stream.get_final_message().content[-1].text == whole.content[-1].text


@anthropic.beta_tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"fine in {city}"


last = client.beta.messages.tool_runner(**ask(PLAN), tools=[weather]).until_done()
assert "It is fine in Oslo." in last.content[-1].text, last.content

assert client.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "Hello"}]).input_tokens > 0

try:
    client.with_options(api_key="wrong").messages.create(**ask("Hello"))
    raise SystemExit("a wrong key was let in")
except anthropic.AuthenticationError:
    pass

print("anthropic-python", anthropic.__version__, "with", MODEL)
