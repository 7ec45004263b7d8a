import { describe, expect, test } from 'vitest';
import { isFollowUp } from '../../../src/routing/facts/follow-up.ts';

describe('a follow-up', () => {
  test.each([
    'Yes',
    'ok, thanks!',
    'Yes, please go ahead and continue.',
    'Ja, mach bitte genau so weiter!',
    "D'accord, vas-y, continue s'il te plaît",
    'Sí, claro, continúa por favor',
    'Sim, continue por favor, obrigado',
    'Va bene, vai avanti per favore',
    'Да, конечно, продолжайте пожалуйста',
    'Так, продовжуй, будь ласка, далі',
    'Tak, kontynuuj dalej, proszę',
    'Evet, lütfen devam et, teşekkürler',
    'نعم استمر من فضلك شكرا',
    '好的，请继续',
    'はい、続けてください',
    '네, 계속해주세요',
    'हाँ ठीक है जारी रखें धन्यवाद',
    'Vâng, tiếp tục đi, cảm ơn',
    'Iya, silakan lanjutkan, terima kasih',
    '👍',
    'why?',
  ])('%s', (text) => expect(isFollowUp(text)).toBe(true));

  test.each([
    'Prove that the square root of two is irrational.',
    'Yes, but now write it in Rust, please',
    '12345678901234 * 98765432109876',
    '请证明根号二是无理数并且解释',
    'ok '.repeat(40),
  ])('not: %s', (text) => expect(isFollowUp(text)).toBe(false));
});
