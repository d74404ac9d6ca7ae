package dev.loraplus.samples.paper.commonsense.layout;

import java.util.Arrays;
import java.util.List;

/**
 * The files of LLM-Adapters (Hu et al., arXiv 2304.01933), which most tables of adapters on
 * commonsense tasks come from: {@code instruction}, {@code output} and {@code answer}, where the
 * instruction ends with the possible answers.
 */
final class Instructions {
  private static final String FORMAT = "Answer format:";

  private Instructions() {}

  static boolean fits(Entry entry) {
    return entry.has("instruction") && entry.has("answer");
  }

  static Question read(Entry entry) {
    String instruction = entry.text("instruction");
    String answer = entry.text("answer").strip();
    int at = instruction.lastIndexOf(FORMAT);
    if (at < 0) {
      throw entry.fault(
          "field 'instruction' must end with '%s' and the answers, got '%s'", FORMAT, instruction);
    }
    List<String> answers =
        Arrays.stream(instruction.substring(at + FORMAT.length()).strip().split("/"))
            .map(String::strip)
            .toList();
    if (!answers.contains(answer)) {
      throw entry.fault("field 'answer' must be one of %s, got '%s'", answers, answer);
    }
    String prompt =
        "Below is an instruction that describes a task. Write a response that appropriately"
            + " completes the request.\n\n### Instruction:\n"
            + instruction
            + "\n\n### Response:\nthe correct answer is";
    return Question.of(prompt, answers, answers.indexOf(answer));
  }
}
