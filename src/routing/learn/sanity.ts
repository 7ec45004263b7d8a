/**
 * Sentences of our own that any score must tell apart, whatever it learned: weights from one kind of traffic have been
 * seen to put "hello" above a proof. Simple and complex, ten each, in six languages.
 */
interface Sentences {
  simple: readonly string[];
  complex: readonly string[];
}

const SENTENCES: Readonly<Record<string, Sentences>> = {
  en: {
    simple: [
      'Hello, how are you?',
      'What is the capital of Portugal?',
      'Thanks, that was all.',
      'How many days are in March?',
      'Translate "good night" into Italian.',
      'Say the word banana.',
      'What does "eager" mean?',
      'Fix the spelling: recieve.',
      'Give me a name for a cat.',
      'Is water wet, yes or no?',
    ],
    complex: [
      'Prove that there are infinitely many primes congruent to 3 modulo 4, and explain why the same argument fails for 1 modulo 4.',
      'Design a rate limiter for a cluster of eight servers that stays exact under network partitions, and discuss the trade-offs.',
      'Our service deadlocks under load about once a day. Here is what we know of the locks; find the race and propose a fix with tests.',
      'Compare three consensus algorithms with respect to latency, failure modes and operational cost, and recommend one for a bank.',
      'Derive the gradient of the cross-entropy loss of a two-layer network and implement it in C without libraries.',
      'Write a migration plan from a monolith to services that keeps all data consistent at every step, with a way back.',
      'Refactor this parser into a streaming state machine, keep its error messages, and analyse its worst-case complexity.',
      'Analyse step by step how a rise of the interest rate by two percent changes the value of a bond portfolio with three maturities.',
      'Implement a lock-free queue for several producers, argue why it is correct under the memory model, and benchmark it.',
      'Develop an argument for and against a carbon tax, weigh the evidence for each, and derive a policy under uncertainty.',
    ],
  },
  de: {
    simple: [
      'Hallo, wie geht es dir?',
      'Was ist die Hauptstadt von Norwegen?',
      'Danke, das war alles.',
      'Wie viele Tage hat der Juni?',
      'Übersetze „guten Morgen“ ins Englische.',
      'Sag das Wort Apfel.',
      'Was bedeutet „mühsam“?',
      'Nenne mir einen Namen für einen Hund.',
      'Welcher Tag kommt nach Montag?',
      'Ist Schnee kalt?',
    ],
    complex: [
      'Beweise, dass die Wurzel aus zwei irrational ist, und verallgemeinere den Beweis auf beliebige Primzahlen.',
      'Entwirf eine Architektur für ein verteiltes Buchungssystem, das auch bei Netzausfällen nichts doppelt bucht, und begründe sie.',
      'Analysiere Schritt für Schritt, warum diese Abfrage bei zehn Millionen Zeilen langsam wird, und schlage Indizes vor.',
      'Implementiere einen Algorithmus, der kürzeste Wege in einem Graphen mit negativen Kanten findet, und untersuche seine Laufzeit.',
      'Vergleiche drei Verfahren zur Replikation von Datenbanken hinsichtlich Konsistenz, Latenz und Kosten und empfiehl eines davon.',
      'Leite die Formel für die Varianz einer Summe abhängiger Zufallsvariablen her und wende sie auf ein Beispiel an.',
      'Refaktoriere das Modul so, dass es ohne globale Zustände auskommt, und schreibe Tests für alle Randfälle.',
      'Erkläre ausführlich die Ursachen der Inflation und bewerte, welche Maßnahmen unter welchen Bedingungen wirken.',
      'Finde den Fehler in unserem nebenläufigen Puffer, der unter Last Daten verliert, und begründe die Korrektur.',
      'Entwickle eine Strategie für die Migration unserer Systeme in die Cloud mit Risiken, Zeitplan und Rückweg.',
    ],
  },
  fr: {
    simple: [
      'Bonjour, comment ça va ?',
      'Quelle est la capitale de la Grèce ?',
      'Merci, c’est tout.',
      'Combien de jours y a-t-il en avril ?',
      'Traduis « bonne nuit » en anglais.',
      'Dis le mot cerise.',
      'Que veut dire « lent » ?',
      'Donne-moi un prénom de fille.',
      'Quel jour vient après lundi ?',
      'Le ciel est-il bleu ?',
    ],
    complex: [
      'Démontre que toute suite croissante et majorée converge, puis explique étape par étape où la complétude intervient.',
      'Conçois l’architecture d’une file de messages répartie qui ne perd rien en cas de panne, et compare deux solutions.',
      'Analyse pourquoi cette requête devient lente sur dix millions de lignes et propose une optimisation avec des index.',
      'Implémente un algorithme de plus court chemin avec des poids négatifs et démontre sa complexité.',
      'Compare trois modèles de cohérence pour une base de données répartie selon la latence, le coût et les risques.',
      'Dérive la formule du gradient pour un réseau à deux couches et implémente-la sans bibliothèque.',
      'Trouve la cause de cet interblocage entre deux processus et propose une correction avec des tests de charge.',
      'Élabore un plan de migration d’un monolithe vers des services, avec les risques, les étapes et un retour possible.',
      'Évalue les arguments pour et contre une taxe sur le carbone et justifie une politique dans l’incertitude.',
      'Refactorise ce module pour supprimer l’état global, puis écris les tests de tous les cas limites.',
    ],
  },
  es: {
    simple: [
      'Hola, ¿cómo estás?',
      '¿Cuál es la capital de Chile?',
      'Gracias, eso es todo.',
      '¿Cuántos días tiene mayo?',
      'Traduce «buenas noches» al inglés.',
      'Di la palabra pera.',
      '¿Qué significa «lento»?',
      'Dame un nombre para un perro.',
      '¿Qué día viene después del lunes?',
      '¿El fuego es caliente?',
    ],
    complex: [
      'Demuestra que toda función continua en un intervalo cerrado alcanza su máximo y explica paso a paso cada hipótesis.',
      'Diseña la arquitectura de un sistema de pagos distribuido que tolere particiones de red y justifica las decisiones.',
      'Analiza por qué esta consulta es lenta con diez millones de filas y propone índices y una optimización.',
      'Implementa un algoritmo para hallar el flujo máximo en una red y demuestra su complejidad en el peor caso.',
      'Compara tres protocolos de consenso según latencia, fallos y coste, y recomienda uno para un banco.',
      'Deriva la fórmula del gradiente de una red de dos capas e impleméntala sin bibliotecas.',
      'Encuentra la condición de carrera en este búfer concurrente y propón una corrección con pruebas de carga.',
      'Elabora un plan de migración de un monolito a servicios con riesgos, etapas y una vuelta atrás.',
      'Evalúa los argumentos a favor y en contra de un impuesto al carbono y justifica una política.',
      'Refactoriza este módulo para eliminar el estado global y escribe pruebas para todos los casos límite.',
    ],
  },
  ru: {
    simple: [
      'Привет, как дела?',
      'Какая столица Италии?',
      'Спасибо, это всё.',
      'Сколько дней в июле?',
      'Переведи «добрый день» на английский.',
      'Скажи слово яблоко.',
      'Что значит «быстрый»?',
      'Придумай имя для кота.',
      'Какой день после среды?',
      'Снег белый?',
    ],
    complex: [
      'Докажи, что простых чисел бесконечно много, и объясни пошагово, где рассуждение использует единственность разложения.',
      'Спроектируй архитектуру распределённой очереди сообщений, которая не теряет данные при сбоях, и сравни два решения.',
      'Проанализируй, почему этот запрос замедляется на десяти миллионах строк, и предложи оптимизацию с индексами.',
      'Реализуй алгоритм поиска кратчайшего пути с отрицательными весами и докажи его сложность.',
      'Сравни три протокола консенсуса по задержке, отказам и стоимости и порекомендуй один для банка.',
      'Выведи формулу градиента для двухслойной сети и реализуй её без библиотек.',
      'Найди состояние гонки в этом параллельном буфере и предложи исправление с нагрузочными тестами.',
      'Разработай план миграции с монолита на сервисы с рисками, этапами и возможностью вернуться.',
      'Оцени доводы за и против углеродного налога и обоснуй политику в условиях неопределённости.',
      'Перепиши этот модуль без глобального состояния и напиши тесты для всех граничных случаев.',
    ],
  },
  zh: {
    simple: [
      '你好吗？',
      '日本的首都是哪里？',
      '谢谢，没事了。',
      '三月有几天？',
      '把“晚安”翻译成英文。',
      '说一个水果的名字。',
      '“快”是什么意思？',
      '给猫起个名字。',
      '星期一后面是星期几？',
      '雪是白色的吗？',
    ],
    complex: [
      '请证明素数有无穷多个，并逐步解释证明中哪里用到了唯一分解定理，再推广到等差数列的特殊情形。',
      '设计一个在网络分区时也不会重复记账的分布式支付系统架构，分析一致性与可用性的权衡并说明理由。',
      '分析为什么这个查询在一千万行数据上变慢，给出索引和改写方案，并比较各自的代价和风险。',
      '实现一个处理负权边的最短路径算法，证明它的正确性，并分析最坏情况下的时间复杂度。',
      '比较三种共识协议在延迟、故障模式和运维成本上的差异，并为银行系统推荐一种，说明原因。',
      '推导两层神经网络交叉熵损失的梯度公式，不使用任何库实现它，并用数值方法验证。',
      '找出这个并发缓冲区在高负载下丢失数据的竞态条件，提出修复方案，并编写压力测试。',
      '制定从单体应用迁移到微服务的详细计划，包括风险、步骤、回滚方案以及每一步的数据一致性。',
      '评估支持和反对碳税的论点，权衡各方面的证据，并在不确定条件下论证一项政策建议。',
      '重构这个模块以消除全局状态，保持接口不变，并为所有边界情况编写单元测试和性能测试。',
    ],
  },
};

/** Every other sentence may be learned; by the rest a fit is judged. */
export const ANCHORS: Sentences = {
  simple: Object.values(SENTENCES).flatMap(({ simple }) => every(simple, 0)),
  complex: Object.values(SENTENCES).flatMap(({ complex }) => every(complex, 0)),
};
/** By language. */
export const PROBES: readonly Sentences[] = Object.values(SENTENCES).map(({ simple, complex }) => ({
  simple: every(simple, 1),
  complex: every(complex, 1),
}));

function every(sentences: readonly string[], odd: 0 | 1): string[] {
  return sentences.filter((_, at) => at % 2 === odd);
}
