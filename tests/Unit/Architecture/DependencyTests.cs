using System.Text.RegularExpressions;
using Xunit;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>Who may reference whom: faces → Host → duties → engines → Kernel.</summary>
public sealed partial class DependencyTests
{
    private static readonly string[] kernelPackages = ["YamlDotNet", "Microsoft.Extensions.Logging.Abstractions"];
    private static readonly string[] drivers =
        ["Npgsql", "Microsoft.Data.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3", "MySql.Data", "MySqlConnector", "StackExchange.Redis", "Microsoft.Data.SqlClient"];

    /// <summary>
    /// Files of a duty outside its engine folder that name an engine. This list may only shrink: move the code below
    /// src/Duty/Engine, or let the duty declare a port that the engine folder implements.
    /// </summary>
    private static readonly string[] namesAnEngineStill = [];

    [Fact]
    public void the_kernel_references_no_project_and_no_package_but_yaml_and_logging() =>
        Violations.None(
            Of(Layer.Kernel).SelectMany(kernel => kernel.References.Concat(kernel.Packages.Except(kernelPackages)).Select(what => $"{kernel.Path} references {what}")),
            "Keep the Kernel free of engines, duties and drivers: declare a port in the Kernel and implement it where the package belongs.");

    [Fact]
    public void an_engine_references_the_kernel_only() =>
        Violations.None(
            Of(Layer.Engine).SelectMany(engine => engine.References.Where(name => name != "Kernel").Select(name => $"{engine.Path} references {name}")),
            "An engine knows the Kernel and its own driver. What two engines share belongs to the Kernel; what a duty needs belongs to the duty's engine folder.");

    [Fact]
    public void a_duty_references_the_kernel_and_engines_and_never_another_duty() =>
        Violations.None(
            Of(Layer.Duty).SelectMany(duty => duty.References
                .Where(name => ProjectFile.LayerOfReference(name) is not (Layer.Kernel or Layer.Engine))
                .Select(name => $"{duty.Path} references {name}")),
            "What a duty needs from another one it declares as a port of its own, and src/Host wires it.");

    [Fact]
    public void a_face_references_the_host_and_the_kernel_only() =>
        Violations.None(
            // It is one program: its command line starts the server.
            Of(Layer.Face).SelectMany(face => face.References.Except(face.Name == "Cli" ? ["Host", "Kernel", "Server"] : ["Host", "Kernel"]).Select(name => $"{face.Path} references {name}")),
            "A face turns verbs into a command line or an API. Reach duties and engines through the verbs that src/Host registers.");

    [Fact]
    public void a_driver_package_has_one_home() =>
        Violations.None(
            ProjectFile.All
                .SelectMany(project => project.Packages.Intersect(drivers).Select(package => (package, project)))
                .GroupBy(pair => pair.package, pair => pair.project)
                .SelectMany(group => group
                    .Where(project => project.Layer != Layer.Engine || group.Count() > 1)
                    .Select(project => $"{project.Path} references {group.Key}")),
            "A database driver is referenced by the project of its engine under src/Engines and by no other.");

    [Fact]
    public void inside_a_duty_only_the_folder_of_an_engine_names_that_engine()
    {
        var found = Of(Layer.Duty)
            .SelectMany(duty => Repo.Sources("src/" + duty.Name).Select(path => (duty, path)))
            .SelectMany(pair => EngineName().Matches(Repo.Read(pair.path))
                .Select(match => match.Groups["engine"].Value)
                .Distinct()
                .Where(engine => !pair.path.StartsWith($"src/{pair.duty.Name}/{engine}/", StringComparison.Ordinal))
                .Select(_ => pair.path))
            .Distinct()
            .ToList();
        Violations.None(
            found.Except(namesAnEngineStill),
            "Move the code below src/<Duty>/<Engine>/, or let the duty declare a port that this folder implements. Do not add to the list of exceptions.");
        Violations.None(
            namesAnEngineStill.Except(found).Select(path => path + " names no engine any more"),
            "Take the file out of namesAnEngineStill in this test: the list may only shrink.");
    }

    private static IEnumerable<ProjectFile> Of(Layer layer) => ProjectFile.All.Where(project => project.Layer == layer);

    [GeneratedRegex(@"\bLockkeeper\.Engines\.(?<engine>\w+)")]
    private static partial Regex EngineName();
}
