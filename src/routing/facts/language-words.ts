/** Words that every text in a language has, by language. Words of several languages count for each of them. */
const COMMON: Readonly<Record<string, string>> = {
  en: 'the and is are of to in for that this with how what you my can it on be not please why write from have does should your which',
  de: 'der die das und ist nicht ein eine ich wie was mit für auf den dem zu sind bitte kann mir von wird auch es du warum einen',
  fr: 'le la les de des et est un une je que qui pour dans comment pas sur avec vous mon ce cette du peux quel quelle sont au moi pourquoi',
  es: 'el la los las de que y es un una en cómo por para con mi no me qué puedes cuál del se lo son está porque escribe',
  pt: 'o a os as de que e é um uma em como por para com meu não me qual do da no na se são você está porque escreva',
  it: 'il lo la gli di che e è un una in come per con mio non mi qual del della si sono puoi questo perché scrivi cosa',
  nl: 'de het een en is van ik niet hoe wat met voor op te zijn dat kan mijn je dit aan er deze waarom schrijf',
  pl: 'w i nie na jak co że jest się do z to dla mi proszę czy mój jaki jaka są od po dlaczego napisz',
  cs: 'a je se na jak co že v do pro s to mi prosím jsou můj jaký který proč napiš není',
  ro: 'și este în de la un o cu care pentru ce cum nu mi să sunt din pe scrie acest',
  hu: 'a az és egy hogy nem van mi hogyan kérlek mit ez ki miért írj meg',
  sv: 'och är det en ett att som jag hur vad för med inte på av kan mig du den varför skriv',
  da: 'og er det en et at som jeg hvordan hvad for med ikke på af kan mig du den hvorfor skriv',
  no: 'og er det en et å som jeg hvordan hva for med ikke på av kan meg du den hvorfor skriv',
  fi: 'ja on ei se että miten mikä mitä kuin minun voit ovat tämä kirjoita miksi',
  tr: 've bir bu için ne nasıl mi ile da de ben bana nedir olan var lütfen neden yaz gibi',
  vi: 'là của và có không một các cho tôi như thế nào được này trong với hãy viết tại sao',
  id: 'yang dan di ini untuk dengan apa bagaimana saya dari tidak adalah itu ke bisa tolong mengapa buat',
  ru: 'и в не на что как это с по для я мне из к у он а то все мой какой какая почему напиши есть',
  uk: 'і в не на що як це з по для я мені із до у він та є мій який яка чому напиши будь',
  bg: 'и в не на какво как това с за аз ми от да е са се който защо напиши моля',
  sr: 'и у не на шта како ово са за ја ми од да је су се који зашто напиши',
};

export const WORDS: ReadonlyMap<string, readonly string[]> = byWord();

function byWord(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [language, words] of Object.entries(COMMON)) {
    for (const word of words.split(' ')) found.set(word, [...(found.get(word) ?? []), language]);
  }
  return found;
}
