import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicPhaseConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.composite.UnionMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.factory.MoveIteratorFactoryConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.ChangeMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.SwapMoveSelectorConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchPhaseConfig;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Arguments: case file, file for the days, milliseconds, seed. Prints the milliseconds to the first plan. */
public class Main {
    public static void main(String[] args) throws Exception {
        Plan plan = read(Path.of(args[0]));
        SolverConfig config =
                new SolverConfig()
                        .withSolutionClass(Plan.class)
                        .withEntityClasses(Task.class)
                        .withConstraintProviderClass(Rules.class)
                        .withRandomSeed(Long.parseLong(args[3]))
                        .withTerminationSpentLimit(Duration.ofMillis(Long.parseLong(args[2])))
                        .withPhases(
                                new ConstructionHeuristicPhaseConfig(),
                                new LocalSearchPhaseConfig()
                                        .withMoveSelectorConfig(
                                                new UnionMoveSelectorConfig()
                                                        .withMoveSelectors(
                                                                new ChangeMoveSelectorConfig(),
                                                                new SwapMoveSelectorConfig(),
                                                                new MoveIteratorFactoryConfig()
                                                                        .withMoveIteratorFactoryClass(
                                                                                SiteMoves.class))));
        long start = System.nanoTime();
        Solver<Plan> solver = SolverFactory.<Plan>create(config).buildSolver();
        boolean[] told = {false};
        solver.addEventListener(
                event -> {
                    if (!told[0] && event.isNewBestSolutionInitialized()) {
                        told[0] = true;
                        System.out.println("first " + (System.nanoTime() - start) / 1_000_000);
                    }
                });
        Plan best = solver.solve(plan);
        System.out.println("score " + best.score);
        Files.writeString(
                Path.of(args[1]),
                best.tasks.stream()
                        .map(t -> String.valueOf(t.day == null ? Task.OUT : t.day))
                        .collect(Collectors.joining("\n")));
    }

    private static int[] numbers(String line) {
        return line.isBlank() ? new int[0] : Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    private static Plan read(Path file) throws Exception {
        Plan plan = new Plan();
        plan.tasks = new ArrayList<>();
        List<List<Integer>> sites = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            Facts.setup = numbers(in.readLine());
            Facts.freeFrom = numbers(in.readLine());
            Facts.freeFromDate = numbers(in.readLine());
            Facts.gapMonths = numbers(in.readLine());
            Facts.quota = numbers(in.readLine());
            Facts.capacity = new int[Facts.setup.length][];
            for (int u = 0; u < Facts.setup.length; u++) {
                Facts.capacity[u] = numbers(in.readLine());
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] part = line.split(";");
                int[] of = numbers(part[0]);
                Task task = new Task();
                task.id = plan.tasks.size();
                task.site = of[0];
                task.unit = of[1];
                task.parent = of[2];
                task.quarters = of[3];
                task.group = of[4];
                task.weight = of[5];
                task.listed = of[6] == 1;
                task.laterFrom = of[7];
                task.laterTo = of[8];
                task.laterClass = of[0] * 10_000L + of[9] + 1;
                task.days = Arrays.stream(numbers(part[1])).boxed().collect(Collectors.toList());
                while (sites.size() <= task.site) {
                    sites.add(new ArrayList<>());
                }
                sites.get(task.site).add(task.id);
                plan.tasks.add(task);
            }
        }
        for (List<Integer> site : sites) {
            Facts.SITES.add(site.stream().mapToInt(Integer::intValue).toArray());
        }
        return plan;
    }
}
