"""pip install openai, then: python examples/python.py"""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("SIGNALBOX_URL", "http://127.0.0.1:8787/v1"),
    api_key=os.environ.get("SIGNALBOX_KEY", "none"),  # One of `keys:`, if there are any.
)

stream = client.chat.completions.create(
    model="auto",
    messages=[{"role": "user", "content": "Say hello in one sentence."}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
print()

# Who answered, and what became of the request, is in the headers.
raw = client.chat.completions.with_raw_response.create(
    model="auto-economy",
    messages=[{"role": "user", "content": "And in French?"}],
    # Native fields: this SDK lays `extra_body` over the request, so the name stands twice.
    extra_body={"extra_body": {"anthropic": {"metadata": {"user_id": "example"}}}},
)
print(raw.parse().choices[0].message.content)
print(raw.headers["x-signalbox-deployment"], "-", raw.headers["x-signalbox-reason"])
