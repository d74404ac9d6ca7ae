package dev.loraplus.generation;

import java.util.ArrayList;
import java.util.List;

/** Beam search for some prompts at once; each has its own beams, and those that end leave it. */
final class BeamSearch implements Search {
  private final GenerationConfig config;
  private final List<PromptBeams> prompts = new ArrayList<>();
  private List<PromptBeams> open;

  BeamSearch(GenerationConfig config, Decoding.Beams beams, List<int[]> prompts) {
    this.config = config;
    prompts.forEach(prompt -> this.prompts.add(new PromptBeams(config, beams, prompt)));
    this.open = this.prompts;
  }

  @Override
  public Next advance(float[][] logits) {
    List<PromptBeams> going = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    int firstRow = 0;
    for (PromptBeams beams : open) {
      int count = beams.running().size();
      double[][] scores = new double[count][];
      for (int i = 0; i < count; i++) {
        scores[i] = LogProbabilities.of(logits[firstRow + i]);
        List<Integer> text = beams.running().get(i).tokens();
        RepetitionPenalty.apply(config.repetitionPenalty(), scores[i], text);
      }
      List<Integer> parents = beams.advance(scores);
      if (!beams.ended()) {
        going.add(beams);
        for (int i = 0; i < parents.size(); i++) {
          rows.add(firstRow + parents.get(i));
          tokens.add(beams.running().get(i).last());
        }
      }
      firstRow += count;
    }
    open = going;
    return Next.of(rows, tokens);
  }

  @Override
  public List<Continuation> found() {
    return prompts.stream().map(beams -> Continuation.of(beams.best(), config)).toList();
  }
}
