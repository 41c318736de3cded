import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.move.AbstractMove;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Moves several tasks of one site to one day. */
public class SiteMove extends AbstractMove<Plan> {
    private final List<Task> tasks;
    private final Integer day;

    public SiteMove(List<Task> tasks, Integer day) {
        this.tasks = tasks;
        this.day = day;
    }

    @Override
    protected void doMoveOnGenuineVariables(ScoreDirector<Plan> director) {
        for (Task task : tasks) {
            director.beforeVariableChanged(task, "day");
            task.day = day;
            director.afterVariableChanged(task, "day");
        }
    }

    @Override
    public boolean isMoveDoable(ScoreDirector<Plan> director) {
        return tasks.stream().anyMatch(task -> !day.equals(task.day));
    }

    @Override
    public SiteMove rebase(ScoreDirector<Plan> director) {
        return new SiteMove(rebaseList(tasks, director), day);
    }

    @Override
    public Collection<?> getPlanningEntities() {
        return tasks;
    }

    @Override
    public Collection<?> getPlanningValues() {
        return Arrays.asList(day);
    }
}
