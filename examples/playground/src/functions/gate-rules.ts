/**
 * The rules of gates in words: what each does with the gradient that arrives.
 */
const rules: Readonly<Record<string, string>> = {
  "+": "Addition hands on what arrives, the same to every input.",
  "−": "Subtraction hands on what arrives to the first input, and its negative to the second.",
  "×": "Multiplication hands each input what arrives, times the other input.",
  "÷": "Division hands the first input what arrives, divided by the second.",
  "−( )": "A change of sign hands on the negative.",
  max: "A maximum hands all of it to the input that won, and nothing to the other; at a tie, half to each.",
  min: "A minimum hands all of it to the input that won, and nothing to the other; at a tie, half to each.",
  relu: "ReLU hands on what arrives where its input is positive, and nothing elsewhere.",
  σ: "The sigmoid needs its own result z alone: its derivative is z·(1 − z).",
  tanh: "The derivative of tanh is 1 − z², z being its own result.",
  exp: "The derivative of exp is its own result.",
  log: "The derivative of log is 1/x.",
  sin: "The derivative of sin is cos.",
  cos: "The derivative of cos is −sin.",
  "x²": "The derivative of x² is 2x.",
  "√": "The derivative of √x is 1/(2√x).",
  "·": "A product of matrices Y = X·W hands ∂L/∂Y·Wᵀ to X and Xᵀ·∂L/∂Y to W: the only way in which shapes fit.",
  Σ: "A sum hands what arrives to every element of its input.",
  broadcast: "What was copied to many places gets the sum of their gradients.",
  reshape: "Another shape, the same elements: gradients go back into the old shape.",
  ᵀ: "A transposition is undone on the way back.",
  select: "A selection hands what arrives to what was chosen, and 0 to the other.",
  convert: "A conversion hands on what arrives, converted back.",
  stopGradient: "Here the way back ends, by request.",
  gather: "What was picked gets its gradient at the place it was picked from; the rest gets 0.",
};

export const ruleOf = (label: string): string | undefined =>
  Object.hasOwn(rules, label) ? rules[label] : undefined;
