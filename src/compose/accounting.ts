/** Who asks, what they may spend, and what was spent: the parts of the books, joined. */
import { Books } from '../books/books.ts';
import { forgetOld } from '../books/ledger/retention.ts';
import { LedgerWriter, WRITER_RULES } from '../books/ledger/writer.ts';
import { genAiProvider } from '../books/metrics/gen-ai.ts';
import { Metrics } from '../books/metrics/metrics.ts';
import type { Scope } from '../books/spending/claim.ts';
import { spentBefore } from '../books/spending/read-back.ts';
import { Spending } from '../books/spending/spending.ts';
import type { BookStore } from '../books/tenants/book.ts';
import { declaredBook } from '../books/tenants/declared.ts';
import { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { Configuration } from '../config/schema.ts';
import type { LedgerStore } from '../core/ledger.ts';
import type { Clock, Recorder, Timers } from '../core/ports.ts';
import { hexOf } from '../http/authenticate.ts';
import { hashKey } from '../platform/key-hash.ts';
import type { Log } from '../platform/log.ts';
import { type Listener, recorderOf } from './recorder.ts';
