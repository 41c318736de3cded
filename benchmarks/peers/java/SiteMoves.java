import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.selector.move.factory.MoveIteratorFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Moves of whole sites: a whole visit, or all that can come, goes to a day that one of the site's tasks allows. */
public class SiteMoves implements MoveIteratorFactory<Plan, SiteMove> {
    @Override
    public long getSize(ScoreDirector<Plan> director) {
        return 2L * director.getWorkingSolution().tasks.size();
    }

    @Override
    public Iterator<SiteMove> createOriginalMoveIterator(ScoreDirector<Plan> director) {
        throw new UnsupportedOperationException("random order only");
    }

    @Override
    public Iterator<SiteMove> createRandomMoveIterator(ScoreDirector<Plan> director, Random random) {
        List<Task> tasks = director.getWorkingSolution().tasks;
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public SiteMove next() {
                int[] site = Facts.SITES.get(random.nextInt(Facts.SITES.size()));
                Task lead = tasks.get(site[random.nextInt(site.length)]);
                Integer day = lead.days.get(random.nextInt(lead.days.size()));
                boolean visitOnly = random.nextBoolean();
                List<Task> moved = new ArrayList<>();
                for (int n : site) {
                    Task task = tasks.get(n);
                    if ((!visitOnly || task.day.equals(lead.day)) && task.days.contains(day)) {
                        moved.add(task);
                    }
                }
                return new SiteMove(moved, day);
            }
        };
    }
}
