import { describe, expect, test } from 'vitest';
import { languageOf } from '../../../src/routing/facts/language.ts';

describe('the language', () => {
  test.each([
    ['en', 'What is the capital of France, and why is it there?'],
    ['de', 'Wie kann ich eine Liste in Python sortieren? Bitte mit einem Beispiel.'],
    ['fr', 'Comment puis-je trier une liste dans ce programme ? Merci de répondre avec un exemple.'],
    ['es', '¿Cómo puedo ordenar una lista en Python? Escribe un ejemplo para mi clase.'],
    ['pt', 'Como posso ordenar uma lista em Python? Não sei qual é a função.'],
    ['it', 'Come posso ordinare una lista in Python? Scrivi un esempio per la mia classe, perché non so come.'],
    ['nl', 'Hoe kan ik een lijst in Python sorteren? Schrijf een voorbeeld voor mijn les.'],
    ['pl', 'Jak mogę posortować listę w Pythonie? Proszę napisz przykład, bo nie wiem co to jest.'],
    ['cs', 'Jak můžu seřadit seznam v Pythonu? Prosím napiš příklad, protože to není jasné.'],
    ['ro', 'Cum pot sorta o listă în Python? Nu știu care este funcția.'],
    ['hu', 'Hogyan kell rendezni egy listát? Kérlek írj egy példát, mert nem értem.'],
    ['sv', 'Hur kan jag sortera en lista i Python? Skriv ett exempel för mig, det är inte lätt.'],
    ['fi', 'Miten voin järjestää listan? Kirjoita esimerkki, että ymmärrän mitä se on.'],
    ['tr', 'Python ile bir liste nasıl sıralanır? Lütfen bana bir örnek yaz.'],
    ['vi', 'Làm thế nào để sắp xếp một danh sách? Hãy viết cho tôi một ví dụ.'],
    ['id', 'Bagaimana cara mengurutkan daftar ini dengan Python? Tolong buat contoh untuk saya.'],
    ['ru', 'Как отсортировать список в Python? Напиши мне пример, пожалуйста, и объясни, что это такое.'],
    ['uk', 'Як відсортувати список? Напиши мені приклад, будь ласка, і поясни, що це є.'],
    ['el', 'Πώς μπορώ να ταξινομήσω μια λίστα;'],
    ['he', 'איך ממיינים רשימה בפייתון?'],
    ['ar', 'كيف يمكنني ترتيب قائمة في بايثون؟'],
    ['fa', 'چگونه می‌توانم یک لیست را در پایتون مرتب کنم؟'],
    ['hi', 'मैं पायथन में सूची को कैसे क्रमबद्ध करूँ?'],
    ['th', 'ฉันจะเรียงลำดับรายการได้อย่างไร'],
    ['zh', '如何在 Python 中对列表进行排序？'],
    ['ja', 'Python でリストを並べ替えるにはどうすればいいですか。'],
    ['ja', '東京都人口統計資料の分析結果を報告'],
    ['ko', '파이썬에서 리스트를 어떻게 정렬하나요?'],
  ])('%s', (code, text) => expect(languageOf(text)).toBe(code));

  test.each([
    ['nothing', ''],
    ['figures', '12 + 34 = ?'],
    ['one word', 'Hello'],
    ['a line of code', 'const x = foo(bar);'],
    ['two languages that share the words', 'que de la'],
  ])('nobody can tell from %s', (_what, text) => expect(languageOf(text)).toBeUndefined());
});
