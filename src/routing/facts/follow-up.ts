/** "Yes, go on" says nothing by itself: whoever served the conversation so far may go on serving it. */

/** Shorter than this is no ask of its own; Chinese, Japanese and Korean say as much in a third. */
const SHORT = 20;
/** Longer than this nobody agrees. */
const LONG = 60;
const WIDE = /[\u2E80-\u9FFF\uAC00-\uD7AF]/g;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

export function isFollowUp(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length > LONG) return false;
  const weight = trimmed.length + 2 * (trimmed.match(WIDE)?.length ?? 0);
  if (weight < SHORT) return true;
  const words = trimmed.toLowerCase().match(WORD) ?? [];
  return words.every((word) => ASSENT.has(word));
}

/** Agreement, thanks, and being told to go on, in 24 languages. */
const ASSENT = new Set(
  [
    'yes yeah yep ok okay sure please and continue go on ahead proceed next keep going do it that this so now thanks thank you very much great good perfect fine right correct exactly looks sounds lgtm agreed approved confirm try again carry with the first second option',
    'ja jawohl weiter mach machen bitte gern gerne genau danke super passt gut mal so los fahr fort',
    'oui ouais accord d continue continuez vas va y allez merci bien parfait s il te vous plaît',
    'sí si claro vale continúa continua sigue adelante gracias por favor perfecto bien muy de acuerdo hazlo',
    'sim continue prossiga certo obrigado obrigada por favor pode faça isso está bom',
    'sì va bene vai avanti continua grazie per favore perfetto certo procedi',
    'ja ga door verder graag dank je wel goed prima doe maar alsjeblieft',
    'да давай давайте продолжай продолжайте дальше хорошо ок ладно спасибо пожалуйста конечно отлично верно',
    'так продовжуй продовжуйте далі добре дякую будь ласка звичайно',
    'tak kontynuuj dalej dobrze proszę dziękuję jasne pewnie świetnie śmiało',
    'ano pokračuj pokračujte dál dobře děkuji prosím jasně',
    'evet devam et edin tamam lütfen teşekkürler teşekkür ederim peki olur',
    'ja fortsätt tack bra gärna fortsett fortsæt takk tak',
    'kyllä joo jatka kiitos hyvä',
    'igen folytasd köszönöm jó rendben kérlek',
    'da continuă mulțumesc te rog bine',
    'ναι συνέχισε εντάξει ευχαριστώ παρακαλώ',
    'نعم استمر تابع أكمل حسنا حسنًا موافق شكرا شكرًا من فضلك تمام',
    'بله ادامه بده باشه لطفا ممنون',
    'כן המשך תודה בבקשה בסדר',
    'हाँ हां जारी रखें रखो ठीक है आगे बढ़ो कृपया धन्यवाद',
    'vâng có được tiếp tục đồng ý cảm ơn làm đi',
    'iya ya lanjutkan lanjut oke silakan terima kasih baik tolong',
    '好 好的 继续 请继续 是 是的 可以 行 嗯 对 谢谢 继续吧 没问题 繼續 請繼續 謝謝 はい 続けて ください お願いします 続けてください ありがとう 네 예 응 계속 계속해 계속해줘 계속해주세요 좋아 좋아요 진행해 진행해줘 감사합니다',
  ].flatMap((words) => words.split(' ')),
);
