"""google-genai for Python: BASE_URL, API_KEY and MODEL come from the environment; ends with 0 where all is well."""

import os

from google import genai
from google.genai import errors, types

MODEL = os.environ["MODEL"]
options = types.HttpOptions(base_url=os.environ["BASE_URL"].removesuffix("/v1"))
client = genai.Client(api_key=os.environ["API_KEY"], http_options=options)
FAST = " [practice: fast]"
PLAN = 'The weather?\n[practice plan]\nweather {"city": "Oslo"}\nsay It is {result}.\n\n' + FAST

whole = client.models.generate_content(model=MODEL, contents="Hello" + FAST)
assert "no model was called" in whole.text, whole.text
assert whole.usage_metadata.candidates_token_count > 0

chunks = list(client.models.generate_content_stream(model=MODEL, contents="Hello" + FAST))
assert "".join(chunk.text or "" for chunk in chunks) == whole.text


def weather(city: str) -> str:
    """The weather of a city."""
    return f"fine in {city}"


config = types.GenerateContentConfig(tools=[weather])
last = client.models.generate_content(model=MODEL, contents=PLAN, config=config)
assert "fine in Oslo" in last.text, last.text

try:
    wrong = genai.Client(api_key="wrong", http_options=options)
    wrong.models.generate_content(model=MODEL, contents="Hello")
    raise SystemExit("a wrong key was let in")
except errors.ClientError as error:
    assert error.code == 401, error

print("google-genai", genai.__version__, "with", MODEL)
