package dev.loraplus.generation;

import dev.loraplus.generation.Decoding.Beams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The beams of one prompt, with the rules of transformers' beam search: of the (1 + stop tokens)
 * times as many best candidates as there are beams, those that do not end go on, and those among
 * the first (as many as there are beams) that end compete for the finished texts.
 */
final class PromptBeams {
  private static final Comparator<Beam> BEST_FIRST =
      Comparator.comparingDouble(Beam::score).reversed();

  private final GenerationConfig config;
  private final Beams beams;
  private final int promptLength;
  private List<Beam> running;
  private List<Beam> finished = List.of();
  private boolean improvable = true;
  private boolean exhausted;

  /**
   * A text and its score.
   *
   * @param tokens prompt and new tokens
   * @param score log p of the new tokens; of a finished text divided by length^penalty
   */
  record Beam(List<Integer> tokens, double score) {
    int last() {
      return tokens.get(tokens.size() - 1);
    }
  }

  /** A beam with one more token, at index beam * vocabulary + token of all of these. */
  private record Candidate(int beam, int token, double score) {}

  PromptBeams(GenerationConfig config, Beams beams, int[] prompt) {
    this.config = config;
    this.beams = beams;
    this.promptLength = prompt.length;
    this.running = List.of(new Beam(RepetitionPenalty.list(prompt), 0));
  }

  List<Beam> running() {
    return running;
  }

  boolean ended() {
    return exhausted || !improvable || (full() && stopsWhenFull());
  }

  /** New tokens of the best finished text. */
  List<Integer> best() {
    List<Integer> tokens = finished.get(0).tokens();
    return tokens.subList(promptLength, tokens.size());
  }

  /**
   * Adds a token to every running beam.
   *
   * @param logProbabilities [running beams][vocabulary]
   * @return for each beam that runs now, which one before it continues
   */
  List<Integer> advance(double[][] logProbabilities) {
    int length = running.get(0).tokens().size() + 1 - promptLength;
    List<Beam> going = new ArrayList<>();
    List<Beam> ending = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    List<Candidate> candidates = candidates(logProbabilities);
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      if (ends(candidate, length)) {
        if (i < beams.count()) {
          ending.add(beam(candidate, penalised(candidate.score(), length)));
        }
      } else if (going.size() < beams.count()) {
        going.add(beam(candidate, candidate.score()));
        parents.add(candidate.beam());
      }
    }
    finish(ending);
    running = going;
    exhausted = going.isEmpty();
    if (!exhausted && full()) {
      improvable = bestPossible(length) > finished.get(finished.size() - 1).score();
    }
    return parents;
  }

  /** The best ones, best first; of equals the first. */
  private List<Candidate> candidates(double[][] logProbabilities) {
    int most = beams.count() * Math.max(2, 1 + config.stopIds().size());
    // The worst first; of equals the later one, which comes after in the order of indices.
    Comparator<Candidate> worstFirst =
        Comparator.comparingDouble(Candidate::score)
            .thenComparing(Comparator.comparingInt(Candidate::beam).reversed())
            .thenComparing(Comparator.comparingInt(Candidate::token).reversed());
    PriorityQueue<Candidate> best = new PriorityQueue<>(worstFirst);
    for (int beam = 0; beam < running.size(); beam++) {
      for (int token = 0; token < logProbabilities[beam].length; token++) {
        double score = running.get(beam).score() + logProbabilities[beam][token];
        if (best.size() < most || score > best.element().score()) {
          best.add(new Candidate(beam, token, score));
        }
        if (best.size() > most) {
          best.remove();
        }
      }
    }
    return best.stream().sorted(worstFirst.reversed()).toList();
  }

  private boolean ends(Candidate candidate, int length) {
    return length == config.maxNewTokens() || config.stopIds().contains(candidate.token());
  }

  private Beam beam(Candidate candidate, double score) {
    List<Integer> tokens = new ArrayList<>(running.get(candidate.beam()).tokens());
    tokens.add(candidate.token());
    return new Beam(tokens, score);
  }

  private void finish(List<Beam> ending) {
    List<Beam> all = new ArrayList<>(finished);
    all.addAll(ending);
    all.sort(BEST_FIRST);
    finished = List.copyOf(all.subList(0, Math.min(all.size(), beams.count())));
  }

  /**
   * Score that the best running text may reach, at its present length, or, where only what is
   * impossible ends the search and length pays, at the longest.
   */
  private double bestPossible(int length) {
    boolean longest =
        beams.earlyStopping() == EarlyStopping.WHEN_IMPOSSIBLE && beams.lengthPenalty() > 0;
    return penalised(running.get(0).score(), longest ? config.maxNewTokens() : length);
  }

  /** score / length^penalty. */
  private double penalised(double score, int length) {
    return score / Math.pow(length, beams.lengthPenalty());
  }

  private boolean full() {
    return finished.size() == beams.count();
  }

  private boolean stopsWhenFull() {
    return beams.earlyStopping() == EarlyStopping.WHEN_FULL;
  }
}
