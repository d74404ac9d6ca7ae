package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.model.Footprint;
import org.junit.jupiter.api.Test;

/** BERT-base at 128 tokens; what is expected is added up by hand. */
class KeptNumbersTest {
  private static final int HIDDEN = 768;
  private static final int PROBABILITIES = 12 * 128;
  private static final int LAYER = 6 * HIDDEN + 3072 + PROBABILITIES;
  private static final int OPERANDS = 3 * HIDDEN;
  private static final int INNER = 3072;
  private static final int HEAD = 10;

  /** 11 whole layers, and 1.75 to work with. */
  private static final double HELD = 12.75;

  private static final Footprint BERT =
      new Footprint(12, 11, HIDDEN, LAYER, OPERANDS, PROBABILITIES, INNER, PROBABILITIES, HEAD);

  private static final ComputeConfig WIDE = ComputeConfig.exact();
  private static final ComputeConfig NARROW_PRODUCTS = WIDE.withPrecision(Precision.BFLOAT16);
  private static final ComputeConfig COMPILED = NARROW_PRODUCTS.withCompilation(Compilation.FULL);

  @Test
  void inFloat32AllIsFourBytesWideWhateverTheDevice() {
    for (boolean gpu : new boolean[] {false, true}) {
      KeptNumbers kept = new KeptNumbers(BERT, WIDE, gpu);

      assertThat(kept.perToken(Recomputation.NONE)).isEqualTo((long) (HELD * 4 * LAYER) + 4 * HEAD);
      assertThat(kept.perToken(Recomputation.ALL_LAYERS))
          .isEqualTo((long) (2.75 * 4 * LAYER) + 4 * 11 * HIDDEN + 4 * HEAD);
    }
  }

  @Test
  void whatIsComputedAgainKeepsTheInputsOfLayersInTheWidthOfTheStep() {
    assertThat(new KeptNumbers(BERT, COMPILED, true).perToken(Recomputation.ALL_LAYERS))
        .isEqualTo(
            (long) (2.75 * 2 * (LAYER - PROBABILITIES))
                + 2 * (PROBABILITIES + 11 * HIDDEN)
                + 2 * HEAD);
  }

  @Test
  void aCompiledStepInFloat32KeepsHalfOfTheHead() {
    KeptNumbers kept = new KeptNumbers(BERT, WIDE.withCompilation(Compilation.FULL), true);

    assertThat(kept.perToken(Recomputation.NONE)).isEqualTo((long) (HELD * 4 * LAYER) + 2 * HEAD);
  }

  @Test
  void productsInBfloat16KeepTheirOperandsInItAndProbabilitiesTwice() {
    KeptNumbers kept = new KeptNumbers(BERT, NARROW_PRODUCTS, false);

    assertThat(kept.perToken(Recomputation.NONE))
        .isEqualTo((long) (HELD * (4 * LAYER - 2 * OPERANDS + 2 * PROBABILITIES)) + 4 * HEAD);
  }

  @Test
  void whereChainsAreCompiledTheActivationKeepsItsInputInBfloat16AndAttentionNothingElse() {
    ComputeConfig chains = NARROW_PRODUCTS.withCompilation(Compilation.ELEMENTWISE);

    assertThat(new KeptNumbers(BERT, chains, false).perToken(Recomputation.NONE))
        .isEqualTo(
            (long) (HELD * (4 * LAYER - 2 * (OPERANDS + INNER + PROBABILITIES) + 2 * HIDDEN))
                + 4 * HEAD);
    assertThat(
            new KeptNumbers(BERT, WIDE.withCompilation(Compilation.ELEMENTWISE), false)
                .perToken(Recomputation.NONE))
        .isEqualTo((long) (HELD * 4 * LAYER) + 4 * HEAD);
  }

  @Test
  void aCompiledStepInBfloat16IsHalfAsWideAndOnAGpuKeepsNoProbabilitiesButOfTheFirstLayer() {
    assertThat(new KeptNumbers(BERT, COMPILED, false).perToken(Recomputation.NONE))
        .isEqualTo((long) (HELD * 2 * LAYER) + 2 * HEAD);
    assertThat(new KeptNumbers(BERT, COMPILED, true).perToken(Recomputation.NONE))
        .isEqualTo((long) (HELD * 2 * (LAYER - PROBABILITIES)) + 2 * PROBABILITIES + 2 * HEAD);
  }
}
