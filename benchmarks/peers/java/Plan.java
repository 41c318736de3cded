import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.score.buildin.hardmediumsoftlong.HardMediumSoftLongScore;
import java.util.List;

/** Hard: the law. Medium: what is left out. Soft: entries. */
@PlanningSolution
public class Plan {
    @PlanningEntityCollectionProperty
    public List<Task> tasks;

    @PlanningScore
    public HardMediumSoftLongScore score;
}
