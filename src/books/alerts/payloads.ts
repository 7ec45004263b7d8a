/** A message in each receiver's own form. Keys stand where the receiver wants them, and nowhere else. */
import type { OutgoingRequest } from '../../core/provider.ts';
import type { Message } from './grouping.ts';
import type { Receiver } from './receivers.ts';
import type { Severity } from './rules.ts';
import { signature } from './signature.ts';
import { linesOf, shortened, titleOf } from './wording.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const CLIENT = 'Signalbox';

/** `source`: the name of this router among others. */
export async function requestTo(receiver: Receiver, message: Message, source: string): Promise<OutgoingRequest> {
  const url = receiver.url.reveal();
  switch (receiver.type) {
    case 'slack':
      return jsonTo(url, slackBody(message, source));
    case 'discord':
      return jsonTo(url, discordBody(message, source));
    case 'pagerduty':
      return jsonTo(url, pagerDutyBody(message, source, receiver.key.reveal()));
    case 'opsgenie':
      return opsgenieRequest(message, source, { url, key: receiver.key.reveal() });
    case 'webhook':
      return signed(url, webhookBody(message, source), receiver.key.reveal());
  }
}

function jsonTo(url: string, body: object, headers: Record<string, string> = {}): OutgoingRequest {
  return { url, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) };
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ */
function slackBody(message: Message, source: string): object {
  const title = titleOf(message);
  const text = shortened(linesOf(message).map(escapeSlack).join('\n'), 2_900); // A section holds 3,000 characters.
  const section = (markdown: string) => ({ type: 'section', text: { type: 'mrkdwn', text: markdown } });
  return {
    text: shortened(escapeSlack(`${title} (${source})`), 2_900),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shortened(title, 150) } },
      ...(text ? [section(text)] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escapeSlack(`${source} · ${message.severity}`) }] },
    ],
  };
}

/** Or a tenant named `<!channel>` would wake everybody. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const COLORS: Record<Severity | 'resolved', number> = { critical: 0xd92d20, warning: 0xf79009, resolved: 0x12b76a };

/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
function discordBody(message: Message, source: string): object {
  const { status, severity, atMs } = message;
  return {
    username: CLIENT,
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: shortened(titleOf(message), 256),
        description: shortened(linesOf(message).join('\n'), 4_000),
        color: COLORS[status === 'resolved' ? 'resolved' : severity],
        timestamp: new Date(atMs).toISOString(),
        footer: { text: shortened(source, 200) },
      },
    ],
  };
}

/** One incident a rule, not one an alert: fifty open circuits are one phone call. */
function incidentOf({ rule, status }: Message, source: string): string {
  return shortened(`signalbox/${source}/${rule}${status === 'test' ? '/test' : ''}`, 255);
}

/** https://developer.pagerduty.com/docs/send-alert-event (Events API v2) */
function pagerDutyBody(message: Message, source: string, routingKey: string): object {
  const { rule, status, severity, atMs } = message;
  const event = { routing_key: routingKey, dedup_key: incidentOf(message, source) };
  if (status === 'resolved') return { ...event, event_action: 'resolve' };
  return {
    ...event,
    event_action: 'trigger',
    client: CLIENT,
    payload: {
      summary: shortened([titleOf(message), ...linesOf(message)].join(' · '), 1_024),
      source,
      severity: status === 'test' ? 'info' : severity,
      timestamp: new Date(atMs).toISOString(),
      component: 'signalbox',
      class: rule,
      custom_details: { alerts: linesOf(message) },
    },
  };
}

/** https://docs.opsgenie.com/docs/alert-api: an open alert of the same alias takes up the next one. */
function opsgenieRequest(message: Message, source: string, { url, key }: { url: string; key: string }) {
  const { rule, status, severity } = message;
  const alias = incidentOf(message, source);
  const headers = { authorization: `GenieKey ${key}` };
  if (status === 'resolved') {
    const close = `${url}/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`;
    return jsonTo(close, { source, note: shortened(linesOf(message).join('\n'), 25_000) }, headers);
  }
  const body = {
    message: shortened(titleOf(message), 130),
    alias,
    description: shortened(linesOf(message).join('\n'), 15_000),
    source,
    entity: 'signalbox',
    priority: status === 'test' ? 'P5' : severity === 'critical' ? 'P1' : 'P3',
    tags: ['signalbox', rule],
  };
  return jsonTo(`${url}/v2/alerts`, body, headers);
}

/** Our own form; `docs/alerts.md` describes it. */
function webhookBody(message: Message, source: string): object {
  const { rule, title, status, severity, news, firing, atMs } = message;
  const times = ({ firedAtMs, ...alert }: Message['firing'][number]) => ({
    subject: alert.subject,
    severity: alert.severity,
    level: alert.level,
    summary: alert.summary,
    firedAt: new Date(firedAtMs).toISOString(),
  });
  return {
    version: 1,
    source,
    rule,
    title,
    status,
    severity,
    at: new Date(atMs).toISOString(),
    news: news.map(({ kind, alert }) => ({ kind, ...times(alert) })),
    firing: firing.map(times),
  };
}

async function signed(url: string, body: { at?: string }, secret: string): Promise<OutgoingRequest> {
  const text = JSON.stringify(body);
  const seconds = String(Math.floor(Date.parse(body.at ?? '') / 1_000));
  const headers = {
    ...JSON_HEADERS,
    'x-signalbox-timestamp': seconds,
    'x-signalbox-signature': `sha256=${await signature(secret, `${seconds}.${text}`)}`,
  };
  return { url, headers, body: text };
}
