package dev.loraplus.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.Encoding;
import org.junit.jupiter.api.Test;

class TokenLabellingTest {
  private static final int[] IDS = {2, 7, 8, 3, 9, 3};
  private static final int[] SPECIAL = {1, 0, 0, 1, 0, 1};

  @Test
  void everyTokenOfATextCounts() {
    Encoding text = new Encoding(IDS, new int[6], SPECIAL);

    assertThat(TokenLabelling.of("line 1", text, false)).isEqualTo(IDS).isNotSameAs(IDS);
  }

  @Test
  void ofAPairTheCompletionAndWhatFollowsItCount() {
    Encoding pair = new Encoding(IDS, new int[] {0, 0, 0, 1, 1, 1}, SPECIAL);

    assertThat(TokenLabelling.of("line 1", pair, true))
        .containsExactly(-100, -100, -100, -100, 9, 3);
  }

  @Test
  void aPairWhoseTextsAreNotToldApartIsAFault() {
    Encoding pair = new Encoding(IDS, new int[6], SPECIAL);

    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenLabelling.of("line 4", pair, true))
        .withMessageStartingWith("line 4: no token is marked as the completion's");
  }

  @Test
  void aTextOfOneTokenPredictsNothing() {
    Encoding text = new Encoding(new int[] {7}, new int[1], new int[1]);

    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> TokenLabelling.of("line 2", text, false))
        .withMessage("line 2: at least two tokens are needed to predict one, got 1");
  }

  @Test
  void labelsAreSelectedByRowAndFillersHaveNone() {
    Targets.TokenLabels labels = new Targets.TokenLabels(new int[][] {{1, 2}, {3}, {4, 5}});

    assertThat(labels.select(new int[] {2, 0}, 3).labels())
        .isDeepEqualTo(new int[][] {{4, 5}, {1, 2}, {}});
  }
}
