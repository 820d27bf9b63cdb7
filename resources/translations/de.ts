<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AttributePanel</name>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Find an attribute</source>
        <translation>Attribut suchen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alles zurücksetzen</translation>
    </message>
    <message>
        <source>Experimental</source>
        <translation>Experimentell</translation>
    </message>
    <message>
        <source>This pack names no attributes; use the equaliser.</source>
        <translation>Dieses Modell nennt keine Attribute: Der Equalizer bewegt es.</translation>
    </message>
    <message>
        <source>No model pack yet.</source>
        <translation>Noch kein Modell.</translation>
    </message>
    <message>
        <source>Open a picture to move these.</source>
        <translation>Öffne ein Bild, um sie zu bewegen.</translation>
    </message>
    <message>
        <source>{n} of {of} moved</source>
        <translation>{n} von {of} bewegt</translation>
    </message>
    <message>
        <source>Nothing moved</source>
        <translation>Nichts bewegt</translation>
    </message>
</context>
<context>
    <name>AttributeSlider</name>
    <message>
        <source>from {minus} to {plus}</source>
        <translation>von {minus} bis {plus}</translation>
    </message>
    <message>
        <source>Moves its own factor {n} times as much as the others, on average.</source>
        <translation>Bewegt seinen eigenen Faktor im Mittel {n}-mal so stark wie die anderen.</translation>
    </message>
    <message>
        <source>Double-click resets; Shift moves in fine steps.</source>
        <translation>Doppelklick setzt zurück; Umschalt bewegt in feinen Schritten.</translation>
    </message>
    <message>
        <source>{title}, number</source>
        <translation>{title}, Zahl</translation>
    </message>
    <message>
        <source>Standard deviations, {low} to {high}</source>
        <translation>Standardabweichungen, {low} bis {high}</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset {title}</source>
        <translation>{title} zurücksetzen</translation>
    </message>
</context>
<context>
    <name>BackButton</name>
    <message>
        <source>Back to the Picture</source>
        <translation>Zurück zum Bild</translation>
    </message>
</context>
<context>
    <name>BatchButton</name>
    <message>
        <source>Show the batch exports</source>
        <translation>Stapelexporte zeigen</translation>
    </message>
    <message>
        <source>Batch exports</source>
        <translation>Stapelexporte</translation>
    </message>
    <message>
        <source>Paused {0}</source>
        <translation>Angehalten {0}</translation>
    </message>
    <message>
        <source>Batch {0}</source>
        <translation>Stapel {0}</translation>
    </message>
    <message>
        <source>Batch unfinished</source>
        <translation>Stapel unfertig</translation>
    </message>
</context>
<context>
    <name>BatchDialog</name>
    <message>
        <source>Batch Export</source>
        <translation>Stapelexport</translation>
    </message>
    <message>
        <source>Load Job…</source>
        <translation>Auftrag laden…</translation>
    </message>
    <message>
        <source>Fill this in from a job file.</source>
        <translation>Füllt dies aus einer Auftragsdatei aus.</translation>
    </message>
    <message>
        <source>Save as Job File…</source>
        <translation>Als Auftragsdatei sichern…</translation>
    </message>
    <message>
        <source>Write the job to a file, for diti-studio batch --job, or for later.</source>
        <translation>Schreibt den Auftrag in eine Datei, für diti-studio batch --job oder für später.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>What is done to each</source>
        <translation>Was mit jedem geschieht</translation>
    </message>
    <message>
        <source>Sweep: each picture at several amounts</source>
        <translation>Reihe: jedes Bild in mehreren Stärken</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Add pictures or a folder, or drop them here.</source>
        <translation>Füge Bilder oder einen Ordner hinzu, oder lege sie hier ab.</translation>
    </message>
    <message>
        <source>Say which folder the results go into.</source>
        <translation>Wähle den Ordner, in den die Ergebnisse kommen.</translation>
    </message>
    <message>
        <source>This recipe changes nothing: choose another one, or sweep an attribute.</source>
        <translation>Dieses Rezept ändert nichts: Wähle ein anderes oder eine Reihe.</translation>
    </message>
    <message>
        <source>edit</source>
        <translation>Bearbeitung</translation>
    </message>
    <message>
        <source>The job’s own ({0})</source>
        <translation>Das des Auftrags ({0})</translation>
    </message>
    <message>
        <source>Written to {0}</source>
        <translation>Geschrieben nach {0}</translation>
    </message>
    <message>
        <source>Model: {0}, {1} pixels</source>
        <translation>Modell: {0}, {1} Pixel</translation>
    </message>
    <message>
        <source>Load a Job</source>
        <translation>Auftrag laden</translation>
    </message>
    <message>
        <source>Jobs ({0});;All files (*)</source>
        <translation>Aufträge ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Jobs ({0})</source>
        <translation>Aufträge ({0})</translation>
    </message>
    <message>
        <source>Save the Job</source>
        <translation>Auftrag sichern</translation>
    </message>
</context>
<context>
    <name>BatchProgress</name>
    <message>
        <source>Batch Exports</source>
        <translation>Stapelexporte</translation>
    </message>
    <message>
        <source>No export was started. File &gt; Batch Export… begins one.</source>
        <translation>Noch wurde keiner begonnen. Datei &gt; Stapelexport… beginnt einen.</translation>
    </message>
</context>
<context>
    <name>BatchRuns</name>
    <message>
        <source>Another batch is writing to {0}: wait for its end, or choose a folder.</source>
        <translation>Ein anderer Stapel schreibt nach {0}: Warte, bis er fertig ist, oder wähle einen Ordner.</translation>
    </message>
</context>
<context>
    <name>Batches</name>
    <message>
        <source>No model is loaded yet: choose one in the Models menu, or wait a moment.</source>
        <translation>Noch ist kein Modell geladen: Wähle eines im Menü Modelle, oder warte einen Augenblick.</translation>
    </message>
    <message>
        <source>Add the pictures that are open; {0} of them have no file and are left out.</source>
        <translation>Fügt die offenen Bilder hinzu; {0} davon haben keine Datei und bleiben weg.</translation>
    </message>
    <message>
        <source>The current edit of {0}</source>
        <translation>Die jetzige Bearbeitung von {0}</translation>
    </message>
    <message>
        <source>Preset {0}</source>
        <translation>Vorlage {0}</translation>
    </message>
    <message>
        <source>No edit, for a sweep alone</source>
        <translation>Keine Bearbeitung, nur eine Reihe</translation>
    </message>
    <message>
        <source>The export into {0} broke off: {1}</source>
        <translation>Der Export nach {0} brach ab: {1}</translation>
    </message>
    <message>
        <source>The export into {0} is done: {1:,} results.</source>
        <translation>Der Export nach {0} ist fertig: {1:,} Ergebnisse.</translation>
    </message>
    <message>
        <source>Failed: {0:,}.</source>
        <translation>Misslungen: {0:,}.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>The export into {0} was left unfinished.</source>
        <translation>Der Export nach {0} blieb unfertig.</translation>
    </message>
    <message>
        <source>{0} exports were left unfinished.</source>
        <translation>{0} Exporte blieben unfertig.</translation>
    </message>
    <message>
        <source>Go On with the Export</source>
        <translation>Export fortsetzen</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Difference × {0}</source>
        <translation>Unterschied × {0}</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Find a Command</source>
        <translation>Befehl suchen</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchtest du tun?</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>Befehl suchen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Reset all</source>
        <translation>Alles zurücksetzen</translation>
    </message>
    <message>
        <source>Swap picture and reference</source>
        <translation>Bild und Vorbild tauschen</translation>
    </message>
    <message>
        <source>Variation {0}</source>
        <translation>Variation {0}</translation>
    </message>
    <message>
        <source>Remove the reference</source>
        <translation>Vorbild entfernen</translation>
    </message>
    <message>
        <source>{0} off</source>
        <translation>{0} aus</translation>
    </message>
    <message>
        <source>{0} on again</source>
        <translation>{0} wieder an</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>{0} entfernen</translation>
    </message>
</context>
<context>
    <name>Documents</name>
    <message>
        <source>Save the Document</source>
        <translation>Dokument sichern</translation>
    </message>
    <message>
        <source>DiTi documents, pictures beside them ({0})</source>
        <translation>DiTi-Dokumente, Bilder daneben ({0})</translation>
    </message>
    <message>
        <source>DiTi documents, pictures inside ({0})</source>
        <translation>DiTi-Dokumente, Bilder darin ({0})</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open a Document</source>
        <translation>Dokument öffnen</translation>
    </message>
    <message>
        <source>DiTi documents ({0})</source>
        <translation>DiTi-Dokumente ({0})</translation>
    </message>
    <message>
        <source>Saved to {0}</source>
        <translation>Gesichert in {0}</translation>
    </message>
    <message>
        <source>Use It Anyway</source>
        <translation>Trotzdem nehmen</translation>
    </message>
    <message>
        <source>Locate It…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Locate the Picture</source>
        <translation>Bild suchen</translation>
    </message>
    <message>
        <source>Work that was not saved is here from last time: {0}.</source>
        <translation>Ungesicherte Arbeit vom letzten Mal ist noch da: {0}.</translation>
    </message>
    <message>
        <source>Go On with It</source>
        <translation>Damit weitermachen</translation>
    </message>
    <message>
        <source>Save Over It</source>
        <translation>Überschreiben</translation>
    </message>
</context>
<context>
    <name>EditsPanel</name>
    <message>
        <source>Edits</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>What you move is listed here, to be switched off and on again.</source>
        <translation>Was du bewegst, steht hier und lässt sich aus- und wieder einschalten.</translation>
    </message>
</context>
<context>
    <name>EqualiserPanel</name>
    <message>
        <source>Direction {n}</source>
        <translation>Richtung {n}</translation>
    </message>
    <message>
        <source>Time-step equaliser</source>
        <translation>Zeitschritt-Equalizer</translation>
    </message>
    <message>
        <source>Which of each group&apos;s principal directions the bars move: the first varies most between pictures</source>
        <translation>Welche Hauptrichtung jeder Gruppe die Balken bewegen: Die erste unterscheidet Bilder am meisten</translation>
    </message>
    <message>
        <source>Principal direction</source>
        <translation>Hauptrichtung</translation>
    </message>
    <message>
        <source>Single groups</source>
        <translation>Einzelne Gruppen</translation>
    </message>
    <message>
        <source>One bar for each time-step group instead of one for each stage</source>
        <translation>Ein Balken für jede Zeitschritt-Gruppe statt einem für jeden Abschnitt</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>All bars of this direction back to zero</source>
        <translation>Alle Balken dieser Richtung auf null</translation>
    </message>
    <message>
        <source>Vary</source>
        <translation>Variieren</translation>
    </message>
    <message>
        <source>Draw amounts at random: for the range chosen on the axis, or for all of time. The number beside draws the same again.</source>
        <translation>Würfelt Werte: für den auf der Achse gewählten Bereich oder für alle Zeit. Die Zahl daneben würfelt dasselbe noch einmal.</translation>
    </message>
    <message>
        <source>Seed of the variation</source>
        <translation>Startzahl der Variation</translation>
    </message>
    <message>
        <source>The number that a variation is drawn with; the same one gives the same again</source>
        <translation>Die Zahl, mit der gewürfelt wird; dieselbe gibt wieder dasselbe</translation>
    </message>
</context>
<context>
    <name>EqualiserReader</name>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Back to zero</source>
        <translation>Zurück auf null</translation>
    </message>
</context>
<context>
    <name>EqualiserView</name>
    <message>
        <source>No model pack yet.</source>
        <translation>Noch kein Modell.</translation>
    </message>
    <message>
        <source>S</source>
        <translation>S</translation>
    </message>
    <message>
        <source>M</source>
        <translation>M</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>fein</translation>
    </message>
    <message>
        <source>coarse</source>
        <translation>grob</translation>
    </message>
    <message>
        <source>drag: what the reference lends</source>
        <translation>ziehen: was das Vorbild leiht</translation>
    </message>
    <message>
        <source>Time-step equaliser</source>
        <translation>Zeitschritt-Equalizer</translation>
    </message>
    <message>
        <source>Solo: {stages}</source>
        <translation>Nur: {stages}</translation>
    </message>
    <message>
        <source>Muted: {stages}</source>
        <translation>Stumm: {stages}</translation>
    </message>
    <message>
        <source>{stage}, time-steps {start} to {end}</source>
        <translation>{stage}, Zeitschritte {start} bis {end}</translation>
    </message>
    <message>
        <source>{amount} sd</source>
        <translation>{amount} SD</translation>
    </message>
    <message>
        <source> on average</source>
        <translation> im Mittel</translation>
    </message>
    <message>
        <source>, solo</source>
        <translation>, nur dies</translation>
    </message>
    <message>
        <source>, muted</source>
        <translation>, stumm</translation>
    </message>
    <message>
        <source>Drag here to choose a range of time, for example for what the reference lends.</source>
        <translation>Ziehe hier, um einen Zeitbereich zu wählen, etwa für das, was das Vorbild leiht.</translation>
    </message>
    <message>
        <source>Solo (S) shows the picture with this stage’s moves only, mute (M) without them. The edit stays as it is, and exports have all of it.</source>
        <translation>Solo (S) zeigt das Bild nur mit den Änderungen dieses Abschnitts, Stumm (M) ohne sie. Die Bearbeitung bleibt, wie sie ist, und Exporte haben alles.</translation>
    </message>
    <message>
        <source>{stage}, time-steps {start} to {end}.
Double-click shows its single groups.</source>
        <translation>{stage}, Zeitschritte {start} bis {end}.
Doppelklick zeigt die einzelnen Gruppen.</translation>
    </message>
    <message>
        <source>
Drag across bars to paint; double-click resets.</source>
        <translation>
Ziehe über die Balken, um zu malen; Doppelklick setzt zurück.</translation>
    </message>
</context>
<context>
    <name>Explorer</name>
    <message>
        <source>Time explorer</source>
        <translation>Zeitforscher</translation>
    </message>
    <message>
        <source>This Picture in Time</source>
        <translation>Dieses Bild in der Zeit</translation>
    </message>
    <message>
        <source>Attributes in Time</source>
        <translation>Attribute in der Zeit</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Write the recipe into the file, so that the edit can be taken up again</source>
        <translation>Das Rezept in die Datei schreiben, damit man die Bearbeitung wieder aufnehmen kann</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep it, without the place</source>
        <translation>Behalten, ohne den Ort</translation>
    </message>
    <message>
        <source>Leave it out</source>
        <translation>Weglassen</translation>
    </message>
    <message>
        <source>The photo’s own, {0}</source>
        <translation>Die des Fotos, {0}</translation>
    </message>
    <message>
        <source>Colours that the edit does not touch keep the very values of the file.</source>
        <translation>Farben, die die Bearbeitung nicht berührt, behalten genau die Werte der Datei.</translation>
    </message>
    <message>
        <source>sRGB, which every screen and web page knows</source>
        <translation>sRGB, das jeder Bildschirm und jede Webseite kennt</translation>
    </message>
    <message>
        <source>The framed square, {0} × {0} pixels</source>
        <translation>Das gerahmte Quadrat, {0} × {0} Pixel</translation>
    </message>
    <message>
        <source>The whole photo, {0} × {1} pixels, with the edit put back</source>
        <translation>Das ganze Foto, {0} × {1} Pixel, mit der Änderung darin</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Area</source>
        <translation>&amp;Ausschnitt</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>F&amp;ormat</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>&amp;Qualität</translation>
    </message>
    <message>
        <source>Co&amp;lours</source>
        <translation>Fa&amp;rben</translation>
    </message>
    <message>
        <source>&amp;Camera’s metadata</source>
        <translation>Daten der &amp;Kamera</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Export a Contact Sheet</source>
        <translation>Kontaktabzug exportieren</translation>
    </message>
    <message>
        <source>Pictures ({0})</source>
        <translation>Bilder ({0})</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>Das Modell</translation>
    </message>
    <message>
        <source>{0} has no attributes: there is nothing to sweep.</source>
        <translation>{0} hat keine Attribute: Es gibt nichts für eine Reihe.</translation>
    </message>
</context>
<context>
    <name>FileField</name>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>Exportieren als</translation>
    </message>
</context>
<context>
    <name>FilmStrip</name>
    <message>
        <source>Open pictures</source>
        <translation>Offene Bilder</translation>
    </message>
    <message>
        <source>Close {0}</source>
        <translation>{0} schließen</translation>
    </message>
</context>
<context>
    <name>FrameEditor</name>
    <message>
        <source>Side in pixels</source>
        <translation>Seite in Pixeln</translation>
    </message>
    <message>
        <source>Turn in degrees</source>
        <translation>Drehung in Grad</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Frame the photo as the program does by itself</source>
        <translation>Das Foto so rahmen, wie es das Programm von selbst tut</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>Leave the square as it was (Esc)</source>
        <translation>Das Quadrat lassen, wie es war (Esc)</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Anwenden</translation>
    </message>
    <message>
        <source>Edit what is in the square (Enter)</source>
        <translation>Bearbeiten, was im Quadrat ist (Enter)</translation>
    </message>
    <message>
        <source>Si&amp;de</source>
        <translation>Se&amp;ite</translation>
    </message>
    <message>
        <source>&amp;Turn</source>
        <translation>&amp;Drehung</translation>
    </message>
    <message>
        <source>Click a face, or go through them with Tab.</source>
        <translation>Klicke auf ein Gesicht, oder gehe sie mit Tab durch.</translation>
    </message>
    <message>
        <source>Drag the square, its corners or the handle above it.</source>
        <translation>Ziehe das Quadrat, seine Ecken oder den Griff darüber.</translation>
    </message>
    <message>
        <source>Drag the square to what is to be edited.</source>
        <translation>Ziehe das Quadrat auf das, was bearbeitet werden soll.</translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message>
        <source>Square on the photo</source>
        <translation>Quadrat auf dem Foto</translation>
    </message>
    <message>
        <source>Centre {0:.0f}, {1:.0f}; side {2:.0f} pixels; turned by {3:.1f}°</source>
        <translation>Mitte {0:.0f}, {1:.0f}; Seite {2:.0f} Pixel; gedreht um {3:.1f}°</translation>
    </message>
</context>
<context>
    <name>Glances</name>
    <message>
        <source>Drag across bars to paint; double-click resets.</source>
        <translation>Ziehe über die Balken, um zu malen; Doppelklick setzt zurück.</translation>
    </message>
    <message>
        <source>already at its end</source>
        <translation>schon am Ende</translation>
    </message>
</context>
<context>
    <name>HeardNote</name>
    <message>
        <source>Only looked at: the edit and what is exported have all stages. Click to see all again.</source>
        <translation>Nur eine Ansicht: Bearbeitung und Export haben alle Abschnitte. Ein Klick zeigt wieder alle.</translation>
    </message>
    <message>
        <source>{0} — show all</source>
        <translation>{0} – alle zeigen</translation>
    </message>
</context>
<context>
    <name>HeatMap</name>
    <message>
        <source>Attributes by time</source>
        <translation>Attribute nach Zeit</translation>
    </message>
    <message>
        <source>This pack does not tell where in time its attributes live.</source>
        <translation>Dieses Modell sagt nicht, wo in der Zeit seine Attribute liegen.</translation>
    </message>
    <message>
        <source>Where in time each attribute lives. Click one to go to its slider.</source>
        <translation>Wo in der Zeit jedes Attribut liegt. Ein Klick führt zu seinem Regler.</translation>
    </message>
    <message>
        <source>{title}: {share} % of it lives in time-steps {start} to {end}, {of} % in all of “{stage}”</source>
        <translation>{title}: {share} % davon liegen in den Zeitschritten {start} bis {end}, {of} % in ganz „{stage}“</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
</context>
<context>
    <name>LanguageMenu</name>
    <message>
        <source>Lan&amp;guage</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>The language changes when the program starts next.</source>
        <translation>Die Sprache wechselt beim nächsten Start des Programms.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Toolbar</source>
        <translation>Werkzeugleiste</translation>
    </message>
    <message>
        <source>{0} is closed; its edit was not saved.</source>
        <translation>{0} ist geschlossen; die Bearbeitung war nicht gesichert.</translation>
    </message>
    <message>
        <source>Bring It Back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Open a Picture</source>
        <translation>Bild öffnen</translation>
    </message>
    <message>
        <source>Choose a Reference</source>
        <translation>Vorbild wählen</translation>
    </message>
    <message>
        <source>Pictures ({0});;All files (*)</source>
        <translation>Bilder ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>There is no picture in what was given.</source>
        <translation>Darin ist kein Bild.</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Reference {0}</source>
        <translation>Vorbild {0}</translation>
    </message>
    <message>
        <source>Image &gt; Frame lets you choose another face.</source>
        <translation>Mit Bild &gt; Rahmen wählst du ein anderes Gesicht.</translation>
    </message>
    <message>
        <source>{0} carries the recipe of its edit.</source>
        <translation>{0} trägt das Rezept seiner Bearbeitung in sich.</translation>
    </message>
    <message>
        <source>Apply It Again</source>
        <translation>Noch einmal anwenden</translation>
    </message>
    <message>
        <source>Apply It to {0}</source>
        <translation>Auf {0} anwenden</translation>
    </message>
    <message>
        <source>Copied {0} × {0} pixels</source>
        <translation>{0} × {0} Pixel kopiert</translation>
    </message>
    <message>
        <source>Written to {0}</source>
        <translation>Geschrieben nach {0}</translation>
    </message>
    <message>
        <source>This should not have happened: {0} (details are in the log file).</source>
        <translation>Das hätte nicht geschehen dürfen: {0} (Näheres steht in der Protokolldatei).</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Installed models</source>
        <translation>Installierte Modelle</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Check every file against its hash.</source>
        <translation>Prüft jede Datei gegen ihre Prüfsumme.</translation>
    </message>
    <message>
        <source>Open Folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Models &gt; Device chooses another one.</source>
        <translation>Modelle &gt; Gerät wählt ein anderes.</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Installieren</translation>
    </message>
    <message>
        <source>Or drop a .ditipack file or a pack’s folder here.</source>
        <translation>Oder lege hier eine .ditipack-Datei oder den Ordner eines Modells ab.</translation>
    </message>
    <message>
        <source>From a &amp;File…</source>
        <translation>Aus einer &amp;Datei…</translation>
    </message>
    <message>
        <source>From a F&amp;older…</source>
        <translation>Aus einem &amp;Ordner…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Sample {0}</source>
        <translation>Beispiel {0}</translation>
    </message>
    <message>
        <source>No model is in use.</source>
        <translation>Kein Modell ist in Gebrauch.</translation>
    </message>
    <message>
        <source>Runs on {0}</source>
        <translation>Läuft auf {0}</translation>
    </message>
    <message>
        <source>No model is installed.</source>
        <translation>Kein Modell ist installiert.</translation>
    </message>
    <message>
        <source>It was not installed here, so it cannot be removed here.</source>
        <translation>Es wurde nicht hier installiert und lässt sich daher hier nicht entfernen.</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Install a Model</source>
        <translation>Modell installieren</translation>
    </message>
    <message>
        <source>Model packs ({0});;All files (*)</source>
        <translation>Modelle ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Install a Model from Its Folder</source>
        <translation>Modell aus seinem Ordner installieren</translation>
    </message>
    <message>
        <source>{0} is no model pack.</source>
        <translation>{0} ist kein Modell.</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>{0} has no counterpart for: {1}.</source>
        <translation>{0} hat kein Gegenstück für: {1}.</translation>
    </message>
    <message>
        <source>Model {0}</source>
        <translation>Modell {0}</translation>
    </message>
    <message>
        <source>{0} cannot take {1}: {2} Back to {3}; the edit is as it was.</source>
        <translation>{0} kann {1} nicht nehmen: {2} Zurück zu {3}; die Bearbeitung ist, wie sie war.</translation>
    </message>
</context>
<context>
    <name>ModelsMenu</name>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>Kein Modell ist geladen</translation>
    </message>
    <message>
        <source>Automatic ({0})</source>
        <translation>Automatisch ({0})</translation>
    </message>
</context>
<context>
    <name>PackAdvice</name>
    <message>
        <source>{0}: no face found, so its centre is used; the model {1} needs none.</source>
        <translation>{0}: kein Gesicht gefunden, darum gilt die Mitte; das Modell {1} braucht keines.</translation>
    </message>
    <message>
        <source>Use {0}</source>
        <translation>{0} verwenden</translation>
    </message>
</context>
<context>
    <name>PackKeeper</name>
    <message>
        <source>Checking {0}…</source>
        <translation>{0} wird geprüft…</translation>
    </message>
    <message>
        <source>Checking the files of {0}…</source>
        <translation>Die Dateien von {0} werden geprüft…</translation>
    </message>
    <message>
        <source>{0}: all {1} files are as they should be.</source>
        <translation>{0}: Alle {1} Dateien sind, wie sie sein sollen.</translation>
    </message>
    <message>
        <source>For {0}, {1} × {1} pixels, {2}, {3} attributes.</source>
        <translation>Für {0}, {1} × {1} Pixel, {2}, {3} Attribute.</translation>
    </message>
    <message>
        <source>From: {0}</source>
        <translation>Von: {0}</translation>
    </message>
    <message>
        <source>Trained on: {0}</source>
        <translation>Gelernt an: {0}</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>Licence: {0}</source>
        <translation>Lizenz: {0}</translation>
    </message>
    <message>
        <source>All {0} files are as the pack says; none of them was run.</source>
        <translation>Alle {0} Dateien sind, wie das Modell es sagt; keine wurde ausgeführt.</translation>
    </message>
    <message>
        <source>It replaces the model of that name that you installed before.</source>
        <translation>Es ersetzt das Modell dieses Namens, das du früher installiert hast.</translation>
    </message>
    <message>
        <source>Install the model {0}?</source>
        <translation>Das Modell {0} installieren?</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Installieren</translation>
    </message>
    <message>
        <source>Installing {0}…</source>
        <translation>{0} wird installiert…</translation>
    </message>
    <message>
        <source>{0} is installed.</source>
        <translation>{0} ist installiert.</translation>
    </message>
    <message>
        <source>Use It</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Remove the model {0}?</source>
        <translation>Das Modell {0} entfernen?</translation>
    </message>
    <message>
        <source>Its folder is deleted: {0}</source>
        <translation>Sein Ordner wird gelöscht: {0}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>{0} was removed.</source>
        <translation>{0} wurde entfernt.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
</context>
<context>
    <name>PicturesField</name>
    <message>
        <source>Pictures and folders</source>
        <translation>Bilder und Ordner</translation>
    </message>
    <message>
        <source>Folders with their subfolders</source>
        <translation>Ordner mit ihren Unterordnern</translation>
    </message>
    <message>
        <source>Add Pictures…</source>
        <translation>Bilder hinzufügen…</translation>
    </message>
    <message>
        <source>Add Folder…</source>
        <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>Add Film Strip</source>
        <translation>Filmstreifen hinzufügen</translation>
    </message>
    <message>
        <source>Add the pictures that are open.</source>
        <translation>Fügt die offenen Bilder hinzu.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Add Pictures</source>
        <translation>Bilder hinzufügen</translation>
    </message>
    <message>
        <source>Pictures ({0});;All files (*)</source>
        <translation>Bilder ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Add a Folder</source>
        <translation>Ordner hinzufügen</translation>
    </message>
</context>
<context>
    <name>PresetsMenu</name>
    <message>
        <source>Pre&amp;sets</source>
        <translation>V&amp;orlagen</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Forget These</source>
        <translation>&amp;Vergessen</translation>
    </message>
</context>
<context>
    <name>RecipeField</name>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>From a File…</source>
        <translation>Aus einer Datei…</translation>
    </message>
    <message>
        <source>Borrow From…</source>
        <translation>Leihen von…</translation>
    </message>
    <message>
        <source>The pictures that lend; with several, each picture is done once with each.</source>
        <translation>Die Bilder, die leihen; bei mehreren wird jedes Bild mit jedem einmal gemacht.</translation>
    </message>
    <message>
        <source>{0} cannot do: {1}.</source>
        <translation>{0} kann nicht: {1}.</translation>
    </message>
    <message>
        <source>Borrows from {0}</source>
        <translation>Leiht von {0}</translation>
    </message>
    <message>
        <source>Choose a Recipe</source>
        <translation>Rezept wählen</translation>
    </message>
    <message>
        <source>Recipes, documents, exported pictures ({0});;All files (*)</source>
        <translation>Rezepte, Dokumente, exportierte Bilder ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Choose Who Lends</source>
        <translation>Wählen, wer leiht</translation>
    </message>
    <message>
        <source>Pictures ({0});;All files (*)</source>
        <translation>Bilder ({0});;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>Recipes</name>
    <message>
        <source>Written to {0}</source>
        <translation>Geschrieben nach {0}</translation>
    </message>
    <message>
        <source>There is no edit in the clipboard: copy one from a picture first.</source>
        <translation>In der Zwischenablage ist keine Bearbeitung: Kopiere erst eine von einem Bild.</translation>
    </message>
    <message>
        <source>Paste the edit</source>
        <translation>Bearbeitung einfügen</translation>
    </message>
    <message>
        <source>{0} cannot do: {1}.</source>
        <translation>{0} kann nicht: {1}.</translation>
    </message>
    <message>
        <source>Apply a recipe</source>
        <translation>Rezept anwenden</translation>
    </message>
    <message>
        <source>Save as Preset</source>
        <translation>Als Vorlage sichern</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>Name:</translation>
    </message>
    <message>
        <source>The preset {0} cannot be read.</source>
        <translation>Die Vorlage {0} ist nicht lesbar.</translation>
    </message>
    <message>
        <source>Preset {0}</source>
        <translation>Vorlage {0}</translation>
    </message>
    <message>
        <source>The preset {0} is in the Edit menu.</source>
        <translation>Die Vorlage {0} steht im Menü Bearbeiten.</translation>
    </message>
    <message>
        <source>Load a Recipe</source>
        <translation>Rezept laden</translation>
    </message>
    <message>
        <source>Recipes and exported pictures ({0});;All files (*)</source>
        <translation>Rezepte und exportierte Bilder ({0});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save the Recipe</source>
        <translation>Rezept sichern</translation>
    </message>
    <message>
        <source>Recipes ({0})</source>
        <translation>Rezepte ({0})</translation>
    </message>
    <message>
        <source>Open a picture first; then load the recipe for it.</source>
        <translation>Öffne erst ein Bild; lade dann das Rezept dafür.</translation>
    </message>
    <message>
        <source>Recipe {0}</source>
        <translation>Rezept {0}</translation>
    </message>
</context>
<context>
    <name>ReferencePanel</name>
    <message>
        <source>Reference</source>
        <translation>Vorbild</translation>
    </message>
    <message>
        <source>Use its noise too</source>
        <translation>Auch sein Rauschen</translation>
    </message>
    <message>
        <source>These wait for a second picture to borrow from.</source>
        <translation>Diese warten auf ein zweites Bild, das leiht.</translation>
    </message>
    <message>
        <source>All of time</source>
        <translation>Alle Zeit</translation>
    </message>
    <message>
        <source>{stage} ({start}–{end})</source>
        <translation>{stage} ({start}–{end})</translation>
    </message>
    <message>
        <source>Chosen on the equaliser (groups {start}–{end})</source>
        <translation>Am Equalizer gewählt (Gruppen {start}–{end})</translation>
    </message>
    <message>
        <source>Groups {start}–{end}</source>
        <translation>Gruppen {start}–{end}</translation>
    </message>
    <message>
        <source>Remove the reference</source>
        <translation>Vorbild entfernen</translation>
    </message>
    <message>
        <source>Let picture and reference change places (X)</source>
        <translation>Bild und Vorbild tauschen die Plätze (X)</translation>
    </message>
    <message>
        <source>Swap picture and reference</source>
        <translation>Bild und Vorbild tauschen</translation>
    </message>
    <message>
        <source>Range of time that the reference lends</source>
        <translation>Zeitbereich, den das Vorbild leiht</translation>
    </message>
    <message>
        <source>Which time-steps it lends; choose others along the axis of the equaliser</source>
        <translation>Welche Zeitschritte es leiht; auf der Achse des Equalizers lassen sich andere wählen</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>Mischung</translation>
    </message>
    <message>
        <source>0 keeps your picture, 1 takes the reference. Double-click resets.</source>
        <translation>0 behält dein Bild, 1 nimmt das Vorbild. Doppelklick setzt zurück.</translation>
    </message>
    <message>
        <source>Blend, number</source>
        <translation>Mischung, Zahl</translation>
    </message>
    <message>
        <source>Also move the picture&apos;s noise x_T toward the reference&apos;s: pose and layout follow</source>
        <translation>Bewegt auch das Rauschen x_T des Bildes zu dem des Vorbilds: Haltung und Aufbau folgen</translation>
    </message>
    <message>
        <source>Lends</source>
        <translation>Leiht</translation>
    </message>
</context>
<context>
    <name>Reframing</name>
    <message>
        <source>Frame</source>
        <translation>Rahmen</translation>
    </message>
</context>
<context>
    <name>ResultsField</name>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>Fields in braces stand for what differs between results.</source>
        <translation>Felder in Klammern stehen für das, worin sich Ergebnisse unterscheiden.</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Insert a field into the name.</source>
        <translation>Fügt ein Feld in den Namen ein.</translation>
    </message>
    <message>
        <source>First names</source>
        <translation>Erste Namen</translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation>Was geschrieben wird</translation>
    </message>
    <message>
        <source>As they come</source>
        <translation>Wie sie sind</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
    <message>
        <source>The framed square</source>
        <translation>Das gerahmte Quadrat</translation>
    </message>
    <message>
        <source>The whole photo, with the edit put back</source>
        <translation>Das ganze Foto mit der Änderung darin</translation>
    </message>
    <message>
        <source>Skip it</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Number the new one</source>
        <translation>Das neue nummerieren</translation>
    </message>
    <message>
        <source>Overwrite what this program wrote</source>
        <translation>Überschreiben, was dieses Programm schrieb</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep it, without the place</source>
        <translation>Behalten, ohne den Ort</translation>
    </message>
    <message>
        <source>Leave it out</source>
        <translation>Weglassen</translation>
    </message>
    <message>
        <source>Each photo’s own</source>
        <translation>Die des jeweiligen Fotos</translation>
    </message>
    <message>
        <source>sRGB, which every screen and web page knows</source>
        <translation>sRGB, das jeder Bildschirm und jede Webseite kennt</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>A PNG beside each picture’s results</source>
        <translation>Ein PNG neben den Ergebnissen jedes Bildes</translation>
    </message>
    <message>
        <source>One PDF, a page a picture</source>
        <translation>Ein PDF, eine Seite je Bild</translation>
    </message>
    <message>
        <source>Write the recipe into the files</source>
        <translation>Rezept in die Dateien schreiben</translation>
    </message>
    <message>
        <source>F&amp;older</source>
        <translation>&amp;Ordner</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Area</source>
        <translation>&amp;Ausschnitt</translation>
    </message>
    <message>
        <source>For&amp;mat</source>
        <translation>For&amp;mat</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>&amp;Qualität</translation>
    </message>
    <message>
        <source>Co&amp;lours</source>
        <translation>Fa&amp;rben</translation>
    </message>
    <message>
        <source>Longest s&amp;ide</source>
        <translation>Längste Se&amp;ite</translation>
    </message>
    <message>
        <source>&amp;When a name is taken</source>
        <translation>&amp;Wenn es einen Namen schon gibt</translation>
    </message>
    <message>
        <source>&amp;Camera’s metadata</source>
        <translation>Daten der &amp;Kamera</translation>
    </message>
    <message>
        <source>Contact s&amp;heet</source>
        <translation>&amp;Kontaktabzug</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>… and {0:,} more</source>
        <translation>… und {0:,} mehr</translation>
    </message>
    <message>
        <source>{0:,} results of {1:,} pictures.</source>
        <translation>{0:,} Ergebnisse von {1:,} Bildern.</translation>
    </message>
    <message>
        <source>{0:,} names are taken; those are skipped.</source>
        <translation>{0:,} Namen gibt es schon; sie werden übersprungen.</translation>
    </message>
    <message>
        <source>{0:,} names are taken; the new ones are numbered.</source>
        <translation>{0:,} Namen gibt es schon; die neuen werden nummeriert.</translation>
    </message>
    <message>
        <source>{0:,} names are taken; only what this program wrote is overwritten.</source>
        <translation>{0:,} Namen gibt es schon; nur was dieses Programm schrieb, wird überschrieben.</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keine</translation>
    </message>
    <message>
        <source>Write the Results To</source>
        <translation>Ergebnisse schreiben nach</translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>Progress of {0}</source>
        <translation>Fortschritt von {0}</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Why it failed</source>
        <translation>Warum es misslang</translation>
    </message>
    <message>
        <source>What failed</source>
        <translation>Was misslang</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Go On</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Retry These</source>
        <translation>Diese noch einmal</translation>
    </message>
    <message>
        <source>Open Folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Remove From List</source>
        <translation>Aus der Liste nehmen</translation>
    </message>
    <message>
        <source>The folder keeps all that was written.</source>
        <translation>Der Ordner behält alles, was geschrieben wurde.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>and {0:,} more, see log.txt in the folder .diti-batch</source>
        <translation>und {0:,} mehr, siehe log.txt im Ordner .diti-batch</translation>
    </message>
    <message>
        <source>Waits until the one before it has ended</source>
        <translation>Wartet, bis der vorige fertig ist</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Macht sich bereit…</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stops at the next step…</source>
        <translation>Hält beim nächsten Schritt an…</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Stopped; what is done is kept</source>
        <translation>Angehalten; was fertig ist, bleibt</translation>
    </message>
    <message>
        <source>Left unfinished: {0:,} results are to be made</source>
        <translation>Unfertig: {0:,} Ergebnisse fehlen noch</translation>
    </message>
    <message>
        <source>{0:,} of {1:,} results</source>
        <translation>{0:,} von {1:,} Ergebnissen</translation>
    </message>
    <message>
        <source>{0:,} skipped</source>
        <translation>{0:,} übersprungen</translation>
    </message>
    <message>
        <source>{0:,} failed</source>
        <translation>{0:,} misslungen</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
</context>
<context>
    <name>SnapshotCell</name>
    <message>
        <source>A, on the left of the comparison</source>
        <translation>A, links im Vergleich</translation>
    </message>
    <message>
        <source>B, on the right of the comparison</source>
        <translation>B, rechts im Vergleich</translation>
    </message>
    <message>
        <source>A: on the left of the comparison (key A)</source>
        <translation>A: links im Vergleich (Taste A)</translation>
    </message>
    <message>
        <source>B: on the right of the comparison (key B)</source>
        <translation>B: rechts im Vergleich (Taste B)</translation>
    </message>
    <message>
        <source>Click to go on with {0}</source>
        <translation>Klick: mit {0} weitermachen</translation>
    </message>
</context>
<context>
    <name>SnapshotGrid</name>
    <message>
        <source>Grid of snapshots</source>
        <translation>Raster der Stände</translation>
    </message>
    <message>
        <source>Compare A with B</source>
        <translation>A mit B vergleichen</translation>
    </message>
    <message>
        <source>Click a picture to go on with it; mark two with A and B to compare them.</source>
        <translation>Ein Klick macht mit einem Bild weiter; markiere zwei mit A und B, um sie zu vergleichen.</translation>
    </message>
    <message>
        <source>Edit &gt; Take a Snapshot (Ctrl+D) adds how the picture looks now.</source>
        <translation>Bearbeiten &gt; Stand festhalten (Strg+D) fügt hinzu, wie das Bild jetzt aussieht.</translation>
    </message>
</context>
<context>
    <name>Snapshots</name>
    <message>
        <source>Before and After, Difference and the hold key now compare with {0}.</source>
        <translation>Vorher und Nachher, Unterschied und die Haltetaste vergleichen jetzt mit {0}.</translation>
    </message>
    <message>
        <source>Compare with the Original</source>
        <translation>Mit dem Original vergleichen</translation>
    </message>
    <message>
        <source>{0} beside {1}. The next change shows the picture itself again.</source>
        <translation>{0} neben {1}. Die nächste Änderung zeigt wieder das Bild selbst.</translation>
    </message>
    <message>
        <source>Show the Picture</source>
        <translation>Das Bild zeigen</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Snapshot {0}</source>
        <translation>Stand {0}</translation>
    </message>
    <message>
        <source>{0} is deleted.</source>
        <translation>{0} ist gelöscht.</translation>
    </message>
    <message>
        <source>Put It Back</source>
        <translation>Zurücklegen</translation>
    </message>
</context>
<context>
    <name>SnapshotsPanel</name>
    <message>
        <source>Edit &gt; Take a Snapshot keeps how the picture looks, to come back or to compare.</source>
        <translation>Bearbeiten &gt; Stand festhalten bewahrt, wie das Bild aussieht, um zurückzukehren oder zu vergleichen.</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>Stände</translation>
    </message>
    <message>
        <source>{0}: double-click to go back to it</source>
        <translation>{0}: Doppelklick kehrt dahin zurück</translation>
    </message>
    <message>
        <source>{0} is still being drawn</source>
        <translation>{0} wird noch gezeichnet</translation>
    </message>
    <message>
        <source>&amp;Go Back to It</source>
        <translation>&amp;Dahin zurück</translation>
    </message>
    <message>
        <source>&amp;Compare with It</source>
        <translation>Damit &amp;vergleichen</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
</context>
<context>
    <name>Sparkline</name>
    <message>
        <source>Where in time it lives</source>
        <translation>Wo in der Zeit es liegt</translation>
    </message>
    <message>
        <source>The pack does not tell where in time this lives.</source>
        <translation>Das Modell sagt nicht, wo in der Zeit dies liegt.</translation>
    </message>
    <message>
        <source>Lives mostly in “{stage}”, time-steps {start} to {end} ({share} %).</source>
        <translation>Liegt vor allem in „{stage}“, Zeitschritte {start} bis {end} ({share} %).</translation>
    </message>
</context>
<context>
    <name>StationStrip</name>
    <message>
        <source>Times of the diffusion</source>
        <translation>Zeiten der Diffusion</translation>
    </message>
    <message>
        <source>Noised</source>
        <translation>Verrauscht</translation>
    </message>
    <message>
        <source>Still known</source>
        <translation>Noch bekannt</translation>
    </message>
    <message>
        <source>Lost on the way</source>
        <translation>Unterwegs verloren</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>Das Bild wird angesehen…</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop the work that runs (Esc)</source>
        <translation>Die laufende Arbeit anhalten (Esc)</translation>
    </message>
    <message>
        <source>The model in use</source>
        <translation>Das Modell in Gebrauch</translation>
    </message>
    <message>
        <source>What the network runs on</source>
        <translation>Worauf das Netz läuft</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>Arbeit</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Vergrößerung</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>Modell wird geladen…</translation>
    </message>
    <message>
        <source>Looking at the whole photo…</source>
        <translation>Das ganze Foto wird angesehen…</translation>
    </message>
    <message>
        <source>Framing {0}…</source>
        <translation>{0} wird gerahmt…</translation>
    </message>
    <message>
        <source>Opening {0}…</source>
        <translation>{0} wird geöffnet…</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Copying…</source>
        <translation>Kopieren…</translation>
    </message>
    <message>
        <source>Getting to know the picture…</source>
        <translation>Das Bild wird kennengelernt…</translation>
    </message>
    <message>
        <source>Inverting</source>
        <translation>Umkehren</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Refining</source>
        <translation>Verfeinern</translation>
    </message>
    <message>
        <source>step {0} of {1}</source>
        <translation>Schritt {0} von {1}</translation>
    </message>
    <message>
        <source>{0:.1f} s</source>
        <translation>{0:.1f} s</translation>
    </message>
    <message>
        <source>Waiting for the running step to end, at {0} at the latest</source>
        <translation>Warte auf das Ende des laufenden Schritts, spätestens um {0}</translation>
    </message>
</context>
<context>
    <name>StepStrip</name>
    <message>
        <source>Steps toward the reference</source>
        <translation>Schritte zum Vorbild</translation>
    </message>
    <message>
        <source>Click a step to take it. With the keyboard: arrow keys, then Enter.</source>
        <translation>Ein Klick nimmt einen Schritt. Mit der Tastatur: Pfeiltasten, dann Enter.</translation>
    </message>
    <message>
        <source>Step {n} of {of}: blend {alpha}</source>
        <translation>Schritt {n} von {of}: Mischung {alpha}</translation>
    </message>
    <message>
        <source>yours</source>
        <translation>deines</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>Vorbild</translation>
    </message>
    <message>
        <source>being made…</source>
        <translation>entsteht…</translation>
    </message>
</context>
<context>
    <name>SweepDialog</name>
    <message>
        <source>Export a Sweep</source>
        <translation>Reihe exportieren</translation>
    </message>
    <message>
        <source>There and back again</source>
        <translation>Hin und zurück</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
    <message>
        <source>&amp;to</source>
        <translation>&amp;bis</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>&amp;Attribute</source>
        <translation>&amp;Attribut</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>&amp;Von</translation>
    </message>
    <message>
        <source>F&amp;rames</source>
        <translation>&amp;Bilder</translation>
    </message>
    <message>
        <source>&amp;Longest side</source>
        <translation>&amp;Längste Seite</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>F&amp;ormat</translation>
    </message>
    <message>
        <source>For a film, MP4, install PyAV: {0}</source>
        <translation>Für einen Film, MP4, PyAV installieren: {0}</translation>
    </message>
    <message>
        <source>F&amp;ile</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
</context>
<context>
    <name>SweepField</name>
    <message>
        <source>First</source>
        <translation>Erstes</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>Zweites</translation>
    </message>
    <message>
        <source>Attribute</source>
        <translation>Attribut</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
</context>
<context>
    <name>ThemeMenu</name>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;High Contrast</source>
        <translation>Hoher &amp;Kontrast</translation>
    </message>
</context>
<context>
    <name>TimePage</name>
    <message>
        <source>Noise takes a picture away, the finest things first.</source>
        <translation>Rauschen trägt ein Bild ab, das Feinste zuerst.</translation>
    </message>
    <message>
        <source>t = {t}. {text}</source>
        <translation>t = {t}. {text}</translation>
    </message>
    <message>
        <source>Noised to t = {t}</source>
        <translation>Verrauscht bis t = {t}</translation>
    </message>
    <message>
        <source>What is still known</source>
        <translation>Was noch bekannt ist</translation>
    </message>
    <message>
        <source>What the latent gives back</source>
        <translation>Was der latente Vektor zurückgibt</translation>
    </message>
    <message>
        <source>Nothing is lost yet. Noise takes the finest things first, the shape of it all last.</source>
        <translation>Noch ist nichts verloren. Rauschen nimmt das Feinste zuerst, die Form des Ganzen zuletzt.</translation>
    </message>
    <message>
        <source>All is lost to noise: {stages}. Only the latent still knows.</source>
        <translation>Alles ist im Rauschen verloren: {stages}. Nur der latente Vektor weiß es noch.</translation>
    </message>
    <message>
        <source>Lost to noise: {stages}.</source>
        <translation>Im Rauschen verloren: {stages}.</translation>
    </message>
    <message>
        <source>Going: {stages}.</source>
        <translation>Geht gerade: {stages}.</translation>
    </message>
    <message>
        <source>Still there: {stages}.</source>
        <translation>Noch da: {stages}.</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Your picture</source>
        <translation>Dein Bild</translation>
    </message>
    <message>
        <source>Your own pixels plus the change. Hold B to see the original; the wheel zooms, dragging moves.</source>
        <translation>Deine eigenen Pixel und die Änderung dazu. Halte B, um das Original zu sehen; das Rad vergrößert, Ziehen bewegt.</translation>
    </message>
    <message>
        <source>Sliders with names</source>
        <translation>Regler mit Namen</translation>
    </message>
    <message>
        <source>Each moves one thing, and little else. The small curve shows where in time it lives.</source>
        <translation>Jeder bewegt eine Sache, und wenig sonst. Die kleine Kurve zeigt, wo in der Zeit sie liegt.</translation>
    </message>
    <message>
        <source>The equaliser</source>
        <translation>Der Equalizer</translation>
    </message>
    <message>
        <source>The same picture by time: fine texture on the left, the face or the room in the middle, its tone on the right. Drag across the bars to paint.</source>
        <translation>Dasselbe Bild nach der Zeit: feine Textur links, das Gesicht oder der Raum in der Mitte, der Ton rechts. Ziehe über die Balken, um zu malen.</translation>
    </message>
    <message>
        <source>Borrow from another picture</source>
        <translation>Von einem anderen Bild leihen</translation>
    </message>
    <message>
        <source>Drop a second picture here, choose a range of time, and raise the blend.</source>
        <translation>Lege hier ein zweites Bild ab, wähle einen Zeitbereich und erhöhe die Mischung.</translation>
    </message>
    <message>
        <source>Write the square or the whole photo to a new file. Your own is never touched.</source>
        <translation>Schreibt das Quadrat oder das ganze Foto in eine neue Datei. Deine eigene bleibt unberührt.</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
</context>
<context>
    <name>TourPage</name>
    <message>
        <source>Tour</source>
        <translation>Rundgang</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>Like the pictures this model knows</source>
        <translation>Wie die Bilder, die das Modell kennt</translation>
    </message>
    <message>
        <source>Unusual for this model</source>
        <translation>Ungewohnt für dieses Modell</translation>
    </message>
    <message>
        <source>Edits may look wrong: no face is seen in the square, and this model knows only faces.</source>
        <translation>Änderungen können falsch aussehen: Im Quadrat ist kein Gesicht zu sehen, und dieses Modell kennt nur Gesichter.</translation>
    </message>
    <message>
        <source>Edits may look wrong: the face is not where this model expects it (Image &gt; Frame).</source>
        <translation>Änderungen können falsch aussehen: Das Gesicht ist nicht da, wo dieses Modell es erwartet (Bild &gt; Rahmen).</translation>
    </message>
    <message>
        <source>Edits may look wrong: the picture is far from all that this model has learnt from.</source>
        <translation>Änderungen können falsch aussehen: Das Bild liegt fern von allem, was dieses Modell gelernt hat.</translation>
    </message>
    <message>
        <source>Edits may look wrong: this model rebuilds the picture less well than others.</source>
        <translation>Änderungen können falsch aussehen: Dieses Modell baut das Bild weniger gut nach als andere.</translation>
    </message>
    <message>
        <source>The picture is like those that this model has learnt from.</source>
        <translation>Das Bild ist wie die, die dieses Modell gelernt hat.</translation>
    </message>
    <message>
        <source>Distance of its latent: {0:.1f} (1 is usual, more than {1:.1f} far).</source>
        <translation>Abstand seines latenten Vektors: {0:.1f} (1 ist üblich, mehr als {1:.1f} fern).</translation>
    </message>
    <message>
        <source>Square beside the face’s own by {0:.0f} % of its side (at most {1:.0f} %).</source>
        <translation>Quadrat um {0:.0f} % seiner Seite neben dem des Gesichts (höchstens {1:.0f} %).</translation>
    </message>
    <message>
        <source>Rebuilt at {0:.1f} dB (pictures that it knows: {1:.1f} dB).</source>
        <translation>Nachgebaut mit {0:.1f} dB (bekannte Bilder: {1:.1f} dB).</translation>
    </message>
    <message>
        <source>Rebuilt at {0:.1f} dB.</source>
        <translation>Nachgebaut mit {0:.1f} dB.</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Start page</source>
        <translation>Startseite</translation>
    </message>
    <message>
        <source>A graphic equaliser for pictures: every slider is a moment in the life of an image.</source>
        <translation>Ein Equalizer für Bilder: Jeder Regler ist ein Augenblick im Leben eines Bildes.</translation>
    </message>
    <message>
        <source>Open a Picture…</source>
        <translation>Bild öffnen…</translation>
    </message>
    <message>
        <source>or drop one here, or paste it</source>
        <translation>oder hier ablegen, oder einfügen</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Modell wählen</translation>
    </message>
    <message>
        <source>Try one of these</source>
        <translation>Probiere eines davon</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Use the model {0}</source>
        <translation>Das Modell {0} verwenden</translation>
    </message>
    <message>
        <source>Model {0}</source>
        <translation>Modell {0}</translation>
    </message>
    <message>
        <source>Open the sample {0}</source>
        <translation>Das Beispiel {0} öffnen</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Time-step equaliser</source>
        <translation>Zeitschritt-Equalizer</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Vorbild</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>Stände</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
</context>
<context>
    <name>_Large</name>
    <message>
        <source>The chosen time, large</source>
        <translation>Die gewählte Zeit, groß</translation>
    </message>
</context>
<context>
    <name>_Pictures</name>
    <message>
        <source>not opened yet</source>
        <translation>noch nicht geöffnet</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Switch it off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch it on again</source>
        <translation>Wieder einschalten</translation>
    </message>
    <message>
        <source>{0} is in effect</source>
        <translation>{0} gilt</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>{0} entfernen</translation>
    </message>
</context>
<context>
    <name>_Section</name>
    <message>
        <source>Attributes that do not yet move cleanly</source>
        <translation>Attribute, die sich noch nicht sauber bewegen</translation>
    </message>
</context>
<context>
    <name>_SweepRow</name>
    <message>
        <source>{0} swept attribute</source>
        <translation>{0} Attribut der Reihe</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>No sweep</source>
        <translation>Keine Reihe</translation>
    </message>
</context>
<context>
    <name>_Well</name>
    <message>
        <source>Reference: {name}. Choose another</source>
        <translation>Vorbild: {name}. Ein anderes wählen</translation>
    </message>
    <message>
        <source>Choose a reference</source>
        <translation>Ein Vorbild wählen</translation>
    </message>
    <message>
        <source>Click to choose another picture</source>
        <translation>Klicke, um ein anderes Bild zu wählen</translation>
    </message>
    <message>
        <source>Click to choose a picture</source>
        <translation>Klicke, um ein Bild zu wählen</translation>
    </message>
    <message>
        <source>Drop a second picture here, or click</source>
        <translation>Lege hier ein zweites Bild ab, oder klicke</translation>
    </message>
</context>
<context>
    <name>batch</name>
    <message>
        <source>All results of {0} would be written as {1}: add {{attribute}} and {{amount}} to the name.</source>
        <translation>Alle Ergebnisse von {0} hießen {1}: Füge dem Namen {{attribute}} und {{amount}} hinzu.</translation>
    </message>
    <message>
        <source>{0} and {1} would both be written as {2}: add {{folder}} or {{index}} to the name.</source>
        <translation>{0} und {1} hießen beide {2}: Füge dem Namen {{folder}} oder {{index}} hinzu.</translation>
    </message>
    <message>
        <source>{0} h {1:02} min</source>
        <translation>{0} h {1:02} min</translation>
    </message>
    <message>
        <source>{0} min {1:02} s</source>
        <translation>{0} min {1:02} s</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>B&amp;ild</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>&amp;Modelle</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Open a picture.</source>
        <translation>Öffnet ein Bild.</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Sichern</translation>
    </message>
    <message>
        <source>Save the picture with its whole history, to go on later.</source>
        <translation>Sichert das Bild mit seinem ganzen Verlauf, um später weiterzumachen.</translation>
    </message>
    <message>
        <source>Save &amp;As…</source>
        <translation>Sichern &amp;als…</translation>
    </message>
    <message>
        <source>Save it to another document.</source>
        <translation>Sichert es in ein anderes Dokument.</translation>
    </message>
    <message>
        <source>Open &amp;Document…</source>
        <translation>&amp;Dokument öffnen…</translation>
    </message>
    <message>
        <source>Go on with a picture that was saved with its history.</source>
        <translation>Macht mit einem Bild weiter, das mit seinem Verlauf gesichert wurde.</translation>
    </message>
    <message>
        <source>&amp;Close Picture</source>
        <translation>Bild s&amp;chließen</translation>
    </message>
    <message>
        <source>Take the picture off the film strip.</source>
        <translation>Nimmt das Bild vom Filmstreifen.</translation>
    </message>
    <message>
        <source>S&amp;tart Page</source>
        <translation>S&amp;tartseite</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>Write the edited picture to a new file.</source>
        <translation>Schreibt das bearbeitete Bild in eine neue Datei.</translation>
    </message>
    <message>
        <source>Export S&amp;weep…</source>
        <translation>&amp;Reihe exportieren…</translation>
    </message>
    <message>
        <source>Write an animation of one attribute from end to end.</source>
        <translation>Schreibt eine Animation eines Attributs von einem Ende zum andern.</translation>
    </message>
    <message>
        <source>Export Contact S&amp;heet…</source>
        <translation>&amp;Kontaktabzug exportieren…</translation>
    </message>
    <message>
        <source>Write one page that shows what every attribute does.</source>
        <translation>Schreibt eine Seite, die zeigt, was jedes Attribut tut.</translation>
    </message>
    <message>
        <source>&amp;Batch Export…</source>
        <translation>Stapelex&amp;port…</translation>
    </message>
    <message>
        <source>Do one edit, or a sweep, to many pictures.</source>
        <translation>Macht eine Bearbeitung oder eine Reihe mit vielen Bildern.</translation>
    </message>
    <message>
        <source>Batch P&amp;rogress</source>
        <translation>Fortschritt der Stape&amp;l</translation>
    </message>
    <message>
        <source>How far the batches are, and what failed.</source>
        <translation>Wie weit die Stapel sind, und was misslang.</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Copy Picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the edited picture.</source>
        <translation>Kopiert das bearbeitete Bild.</translation>
    </message>
    <message>
        <source>&amp;Paste Picture</source>
        <translation>Bild &amp;einfügen</translation>
    </message>
    <message>
        <source>Open the picture that was copied.</source>
        <translation>Öffnet das kopierte Bild.</translation>
    </message>
    <message>
        <source>Copy E&amp;dit</source>
        <translation>Bearbeitung ko&amp;pieren</translation>
    </message>
    <message>
        <source>Copy what was done, for other pictures.</source>
        <translation>Kopiert, was getan wurde, für andere Bilder.</translation>
    </message>
    <message>
        <source>Paste Ed&amp;it</source>
        <translation>Bearbeitung e&amp;infügen</translation>
    </message>
    <message>
        <source>Do to this picture what was copied from another.</source>
        <translation>Tut mit diesem Bild, was von einem anderen kopiert wurde.</translation>
    </message>
    <message>
        <source>Save as Prese&amp;t…</source>
        <translation>Als &amp;Vorlage sichern…</translation>
    </message>
    <message>
        <source>&amp;Load Recipe…</source>
        <translation>Rezept &amp;laden…</translation>
    </message>
    <message>
        <source>Apply the edit in a file or in an exported picture.</source>
        <translation>Wendet die Bearbeitung an, die in einer Datei oder einem exportierten Bild steht.</translation>
    </message>
    <message>
        <source>Sa&amp;ve Recipe…</source>
        <translation>Rezept &amp;sichern…</translation>
    </message>
    <message>
        <source>Write the edit to a file of its own, to share it.</source>
        <translation>Schreibt die Bearbeitung in eine eigene Datei, um sie weiterzugeben.</translation>
    </message>
    <message>
        <source>Reset &amp;All</source>
        <translation>&amp;Alles zurücksetzen</translation>
    </message>
    <message>
        <source>Set every control back to zero.</source>
        <translation>Setzt jeden Regler auf null.</translation>
    </message>
    <message>
        <source>Take a S&amp;napshot</source>
        <translation>Stand fest&amp;halten</translation>
    </message>
    <message>
        <source>Keep how it looks now, to come back to it.</source>
        <translation>Bewahrt, wie es jetzt aussieht, um zurückzukehren.</translation>
    </message>
    <message>
        <source>Swap Picture and Reference</source>
        <translation>Bild und Vorbild tauschen</translation>
    </message>
    <message>
        <source>Let the picture and its reference change places.</source>
        <translation>Lässt das Bild und sein Vorbild die Plätze tauschen.</translation>
    </message>
    <message>
        <source>Cancel &amp;Work</source>
        <translation>Arbeit a&amp;bbrechen</translation>
    </message>
    <message>
        <source>Stop the rendering that runs.</source>
        <translation>Hält die laufende Berechnung an.</translation>
    </message>
    <message>
        <source>&amp;Before and After</source>
        <translation>&amp;Vorher und Nachher</translation>
    </message>
    <message>
        <source>Compare with the original across a line that you drag.</source>
        <translation>Vergleicht mit dem Original über eine Linie, die man zieht.</translation>
    </message>
    <message>
        <source>&amp;Difference</source>
        <translation>&amp;Unterschied</translation>
    </message>
    <message>
        <source>Show what changed, as light where it did.</source>
        <translation>Zeigt, was sich änderte, als Licht an seiner Stelle.</translation>
    </message>
    <message>
        <source>Difference &amp;Gain</source>
        <translation>Vers&amp;tärkung des Unterschieds</translation>
    </message>
    <message>
        <source>Once, four times or sixteen times as bright.</source>
        <translation>Einmal, viermal oder sechzehnmal so hell.</translation>
    </message>
    <message>
        <source>&amp;Model’s Own Picture</source>
        <translation>&amp;Bild des Modells</translation>
    </message>
    <message>
        <source>Show what the network itself draws, not your pixels plus the change.</source>
        <translation>Zeigt, was das Netz selbst zeichnet, nicht deine Pixel und die Änderung.</translation>
    </message>
    <message>
        <source>&amp;Time Explorer</source>
        <translation>&amp;Zeitforscher</translation>
    </message>
    <message>
        <source>Show the picture along its diffusion, and where in time attributes live.</source>
        <translation>Zeigt das Bild entlang seiner Diffusion, und wo in der Zeit Attribute liegen.</translation>
    </message>
    <message>
        <source>Grid of &amp;Snapshots</source>
        <translation>&amp;Raster der Stände</translation>
    </message>
    <message>
        <source>Show the original and all snapshots side by side, and compare two.</source>
        <translation>Zeigt das Original und alle Stände nebeneinander und vergleicht zwei davon.</translation>
    </message>
    <message>
        <source>Zoom &amp;In</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Fit to Window</source>
        <translation>&amp;Einpassen</translation>
    </message>
    <message>
        <source>Show the whole picture.</source>
        <translation>Zeigt das ganze Bild.</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>&amp;Next Picture</source>
        <translation>&amp;Nächstes Bild</translation>
    </message>
    <message>
        <source>Pre&amp;vious Picture</source>
        <translation>V&amp;origes Bild</translation>
    </message>
    <message>
        <source>&amp;Frame…</source>
        <translation>&amp;Rahmen…</translation>
    </message>
    <message>
        <source>Choose the part of the photo, or the face, to edit.</source>
        <translation>Wählt den Teil des Fotos oder das Gesicht, das bearbeitet wird.</translation>
    </message>
    <message>
        <source>&amp;Find a Command…</source>
        <translation>&amp;Befehl suchen…</translation>
    </message>
    <message>
        <source>Type a few letters of what you want to do.</source>
        <translation>Schreibe ein paar Buchstaben von dem, was du tun möchtest.</translation>
    </message>
    <message>
        <source>&amp;Manage Models…</source>
        <translation>&amp;Modelle verwalten…</translation>
    </message>
    <message>
        <source>See what models there are; verify, install and remove them.</source>
        <translation>Zeigt, welche Modelle es gibt; prüft, installiert und entfernt sie.</translation>
    </message>
    <message>
        <source>&amp;Keyboard Shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Tour of the Window</source>
        <translation>&amp;Rundgang durch das Fenster</translation>
    </message>
    <message>
        <source>Show what is where, in a minute.</source>
        <translation>Zeigt in einer Minute, was wo ist.</translation>
    </message>
    <message>
        <source>&amp;How It Works</source>
        <translation>&amp;So geht es</translation>
    </message>
    <message>
        <source>&amp;About DiTi Studio</source>
        <translation>&amp;Über DiTi Studio</translation>
    </message>
    <message>
        <source>Hold to see the original</source>
        <translation>Halten, um das Original zu sehen</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>Beim Zeiger vergrößern</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Das Bild bewegen</translation>
    </message>
    <message>
        <source>Double-click the picture</source>
        <translation>Doppelklick auf das Bild</translation>
    </message>
    <message>
        <source>Between the whole picture and its own pixels</source>
        <translation>Zwischen ganzem Bild und seinen eigenen Pixeln</translation>
    </message>
    <message>
        <source>Double-click a control</source>
        <translation>Doppelklick auf einen Regler</translation>
    </message>
    <message>
        <source>Set it back to zero</source>
        <translation>Auf null setzen</translation>
    </message>
    <message>
        <source>Solo or mute the stage of the equaliser’s chosen bar</source>
        <translation>Solo oder Stumm für den Abschnitt des gewählten Balkens</translation>
    </message>
    <message>
        <source>See what minus and plus of a control would do (or rest the mouse on it)</source>
        <translation>Sehen, was Minus und Plus eines Reglers täten (oder die Maus darauf ruhen lassen)</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Move the focused control</source>
        <translation>Den gewählten Regler bewegen</translation>
    </message>
    <message>
        <source>While framing: resize and turn the square</source>
        <translation>Beim Rahmen: das Quadrat vergrößern und drehen</translation>
    </message>
    <message>
        <source>While framing: the next face</source>
        <translation>Beim Rahmen: das nächste Gesicht</translation>
    </message>
    <message>
        <source>Alt or Shift, drag a corner</source>
        <translation>Alt oder Umschalt, eine Ecke ziehen</translation>
    </message>
    <message>
        <source>While framing: hold the centre</source>
        <translation>Beim Rahmen: die Mitte halten</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>There is no contact sheet, because not all results are there.</source>
        <translation>Es gibt keinen Kontaktabzug, weil nicht alle Ergebnisse da sind.</translation>
    </message>
    <message>
        <source>There is no contact sheet, because no picture has all its results.</source>
        <translation>Es gibt keinen Kontaktabzug, weil kein Bild alle seine Ergebnisse hat.</translation>
    </message>
    <message>
        <source>{0} needs more memory than this machine has.</source>
        <translation>{0} braucht mehr Speicher, als dieser Rechner hat.</translation>
    </message>
    <message>
        <source>There is no picture in any of the inputs.</source>
        <translation>Nirgends darin ist ein Bild.</translation>
    </message>
    <message>
        <source>There is no picture in {0}.</source>
        <translation>In {0} ist kein Bild.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be read: {1}.</source>
        <translation>Der Ordner {0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>{0} was not found; looked for it at {1}.</source>
        <translation>{0} wurde nicht gefunden; gesucht wurde es unter {1}.</translation>
    </message>
    <message>
        <source>--sweep {0} is not understood: write NAME=FROM:TO:N, for example smile=-2:2:5.</source>
        <translation>--sweep {0} ist unverständlich: Schreibe NAME=VON:BIS:N, zum Beispiel smile=-2:2:5.</translation>
    </message>
    <message>
        <source>--sweep {0} asks for {1} amounts: N goes from 1 to {2}.</source>
        <translation>--sweep {0} verlangt {1} Werte: N geht von 1 bis {2}.</translation>
    </message>
    <message>
        <source>a whole photo cannot be had with the network&apos;s own picture</source>
        <translation>das ganze Foto gibt es nicht mit dem eigenen Bild des Netzes</translation>
    </message>
    <message>
        <source>{0} is swept twice</source>
        <translation>{0} wird zweimal durchlaufen</translation>
    </message>
    <message>
        <source>a contact sheet shows a sweep, and there is none</source>
        <translation>ein Kontaktabzug zeigt eine Reihe, und es gibt keine</translation>
    </message>
    <message>
        <source>the recipe borrows from a second picture, and no reference is named</source>
        <translation>das Rezept leiht von einem zweiten Bild, und kein Vorbild ist genannt</translation>
    </message>
    <message>
        <source>a reference is named, but the recipe borrows nothing from it: add a blend</source>
        <translation>ein Vorbild ist genannt, aber das Rezept leiht nichts von ihm: Füge eine Mischung hinzu</translation>
    </message>
    <message>
        <source>each picture would give {0} results; at most {1} are allowed</source>
        <translation>jedes Bild ergäbe {0} Ergebnisse; erlaubt sind höchstens {1}</translation>
    </message>
    <message>
        <source>the name {0} is no text that a job could hold; rename it or name its folder</source>
        <translation>der Name {0} ist kein Text, den ein Auftrag enthalten kann; benenne die Datei um oder gib ihren Ordner an</translation>
    </message>
    <message>
        <source>This job cannot be done: {0}.</source>
        <translation>Dieser Auftrag ist nicht ausführbar: {0}.</translation>
    </message>
    <message>
        <source>This is no batch job of DiTi Studio: {0}.</source>
        <translation>Das ist kein Auftrag von DiTi Studio: {0}.</translation>
    </message>
    <message>
        <source>The job {0} is not a file.</source>
        <translation>Der Auftrag {0} ist keine Datei.</translation>
    </message>
    <message>
        <source>The job {0} is larger than {1} MiB.</source>
        <translation>Der Auftrag {0} ist größer als {1} MiB.</translation>
    </message>
    <message>
        <source>The job {0} cannot be read: {1}.</source>
        <translation>Der Auftrag {0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>The journal in {0} was written by another version of this program.</source>
        <translation>Das Protokoll in {0} hat eine andere Version dieses Programms geschrieben.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be written: {1}.</source>
        <translation>In den Ordner {0} lässt sich nicht schreiben: {1}.</translation>
    </message>
    <message>
        <source>Another batch is writing to {0}: wait for its end, or choose a folder.</source>
        <translation>Ein anderer Stapel schreibt gerade nach {0}: Warte auf sein Ende, oder wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The journal in {0} cannot be written: {1}.</source>
        <translation>Das Protokoll in {0} lässt sich nicht schreiben: {1}.</translation>
    </message>
    <message>
        <source>The journal in {0} is damaged: move that folder away.</source>
        <translation>Das Protokoll in {0} ist beschädigt: Verschiebe diesen Ordner.</translation>
    </message>
    <message>
        <source>The journal in {0} cannot be written ({1}): continue later with --resume.</source>
        <translation>Das Protokoll in {0} lässt sich nicht schreiben ({1}): continue later with --resume.</translation>
    </message>
    <message>
        <source>The journal in {0} cannot be read ({1}).</source>
        <translation>Das Protokoll in {0} lässt sich nicht lesen ({1}).</translation>
    </message>
    <message>
        <source>{0} and {1} would both be written as {2}: add {{index}}, {{suffix}} or what varies to the template.</source>
        <translation>{0} und {1} würden beide als {2} geschrieben: Nimm {{index}}, {{suffix}} oder was sich ändert in die Vorlage auf.</translation>
    </message>
    <message>
        <source>{0} would replace the source picture {1}: choose another folder or name.</source>
        <translation>{0} würde das Ausgangsbild {1} ersetzen: Wähle einen anderen Ordner oder Namen.</translation>
    </message>
    <message>
        <source>{0} in the output folder is a link that leads out of it: choose another name.</source>
        <translation>{0} im Zielordner ist ein Verweis, der aus ihm hinausführt: Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>exists already</source>
        <translation>gibt es schon</translation>
    </message>
    <message>
        <source>There is no batch in {0} that could be continued.</source>
        <translation>In {0} gibt es keinen Stapel, der sich fortsetzen ließe.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be reached any more: {1}.</source>
        <translation>Der Ordner {0} ist nicht mehr zu erreichen: {1}.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be made: {1}.</source>
        <translation>Der Ordner {0} lässt sich nicht anlegen: {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} is not the one with which the batch was begun.</source>
        <translation>Das Modell {0} ist nicht das, mit dem der Stapel begonnen wurde.</translation>
    </message>
    <message>
        <source>The reference {0} was changed since the batch was begun: put it back.</source>
        <translation>Das Vorbild {0} wurde geändert, seit der Stapel begonnen wurde: Stelle es wieder her.</translation>
    </message>
    <message>
        <source>Nothing more can be written to {0} ({1}): {2}.</source>
        <translation>Nach {0} lässt sich nichts mehr schreiben ({1}): {2}.</translation>
    </message>
    <message>
        <source>The template holds a line break or another character that no name should have.</source>
        <translation>Die Vorlage enthält einen Zeilenumbruch oder ein anderes Zeichen, das in keinen Namen gehört.</translation>
    </message>
    <message>
        <source>The template is empty: write for example {{folder}}/{{stem}}.</source>
        <translation>Die Vorlage ist leer: Schreibe zum Beispiel {{folder}}/{{stem}}.</translation>
    </message>
    <message>
        <source>The template {0} leaves the output folder: write it as seen from there, with /.</source>
        <translation>Die Vorlage {0} verlässt den Zielordner: Schreibe sie von dort aus gesehen, mit /.</translation>
    </message>
    <message>
        <source>The template {0} gives no name for {1}.</source>
        <translation>Die Vorlage {0} ergibt keinen Namen für {1}.</translation>
    </message>
    <message>
        <source>The template {0} leaves the output folder: {1}.</source>
        <translation>Die Vorlage {0} verlässt den Zielordner: {1}.</translation>
    </message>
    <message>
        <source>The name {0}… would be {1} bytes long, and {2} is the limit: shorten the template, for example to {{stem:.40}}.</source>
        <translation>Der Name {0}… wäre {1} Bytes lang, und {2} ist die Grenze: Kürze die Vorlage, zum Beispiel auf {{stem:.40}}.</translation>
    </message>
    <message>
        <source>The template {0} is not understood: {1}.</source>
        <translation>Die Vorlage {0} ist unverständlich: {1}.</translation>
    </message>
    <message>
        <source>The template {0} has an unknown field {{{1}}}: known are {2}.</source>
        <translation>Die Vorlage {0} hat ein unbekanntes Feld {{{1}}}: Bekannt sind {2}.</translation>
    </message>
    <message>
        <source>The template {0} asks for {{{1}}} in a form that is not known.</source>
        <translation>Die Vorlage {0} verlangt {{{1}}} in einer unbekannten Form.</translation>
    </message>
    <message>
        <source>The template {0} uses {{{1}}}, which this job has not.</source>
        <translation>Die Vorlage {0} benutzt {{{1}}}, was dieser Auftrag nicht hat.</translation>
    </message>
    <message>
        <source>The result needs more memory than this machine has.</source>
        <translation>Das Ergebnis braucht mehr Speicher, als dieser Rechner hat.</translation>
    </message>
    <message>
        <source>16 bits a colour reduced to 8</source>
        <translation>16 Bit je Farbe auf 8 verringert</translation>
    </message>
    <message>
        <source>colours converted to sRGB</source>
        <translation>Farben nach sRGB umgerechnet</translation>
    </message>
    <message>
        <source>transparent parts put on white</source>
        <translation>durchsichtige Teile auf Weiß gesetzt</translation>
    </message>
    <message>
        <source>floating-point grey levels reduced to 8 bits</source>
        <translation>Graustufen aus Gleitkommazahlen auf 8 Bit verringert</translation>
    </message>
    <message>
        <source>unreadable colour profile ignored</source>
        <translation>unlesbares Farbprofil übergangen</translation>
    </message>
    <message>
        <source>{0} is no name for a document: it has to end in {1}.</source>
        <translation>{0} ist kein Name für ein Dokument: Er muss auf {1} enden.</translation>
    </message>
    <message>
        <source>{0} cannot hold its pictures, which are larger than 1 GiB: keep them beside the document.</source>
        <translation>{0} kann seine Bilder nicht aufnehmen, die größer als 1 GiB sind: Lass sie neben dem Dokument.</translation>
    </message>
    <message>
        <source>{0} cannot be written: there is no folder {1}.</source>
        <translation>{0} lässt sich nicht schreiben: Es gibt keinen Ordner {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be written: it is a folder.</source>
        <translation>{0} lässt sich nicht schreiben: Es ist ein Ordner.</translation>
    </message>
    <message>
        <source>{0} is write-protected and is kept: choose another name.</source>
        <translation>{0} ist schreibgeschützt und bleibt erhalten: Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>{0} was changed by another window or program since you opened it.</source>
        <translation>{0} wurde von einem anderen Fenster oder Programm geändert, seit du es geöffnet hast.</translation>
    </message>
    <message>
        <source>{0} is no document, or it was cut short.</source>
        <translation>{0} ist kein Dokument, oder es wurde abgeschnitten.</translation>
    </message>
    <message>
        <source>The document {0} is refused: it was not written by this program.</source>
        <translation>Das Dokument {0} wird abgelehnt: Dieses Programm hat es nicht geschrieben.</translation>
    </message>
    <message>
        <source>The document {0} is refused: it lists more files than a document has.</source>
        <translation>Das Dokument {0} wird abgelehnt: Es führt mehr Dateien auf, als ein Dokument hat.</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}.</source>
        <translation>{0} lässt sich nicht schreiben: {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be written: its history and snapshots are larger than 16 MiB.</source>
        <translation>{0} lässt sich nicht schreiben: Verlauf und Stände sind größer als 16 MiB.</translation>
    </message>
    <message>
        <source>{0} is a picture of this document and is not replaced: choose another name.</source>
        <translation>{0} ist ein Bild dieses Dokuments und wird nicht ersetzt: Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>The document {0} is refused: {1} is packed in an unknown way.</source>
        <translation>Das Dokument {0} wird abgelehnt: {1} ist auf unbekannte Weise gepackt.</translation>
    </message>
    <message>
        <source>The document {0} is refused: {1} is larger than {2} bytes.</source>
        <translation>Das Dokument {0} wird abgelehnt: {1} ist größer als {2} Bytes.</translation>
    </message>
    <message>
        <source>{0} is no document: it is not a file.</source>
        <translation>{0} ist kein Dokument: Es ist keine Datei.</translation>
    </message>
    <message>
        <source>The document {0} is refused: it is larger than 1 GiB.</source>
        <translation>Das Dokument {0} wird abgelehnt: Es ist größer als 1 GiB.</translation>
    </message>
    <message>
        <source>There is no document at {0}.</source>
        <translation>Unter {0} gibt es kein Dokument.</translation>
    </message>
    <message>
        <source>The document {0} cannot be read: {1}.</source>
        <translation>Das Dokument {0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>{0} is no document, or it is damaged: it cannot be read as a zip file.</source>
        <translation>{0} ist kein Dokument, oder es ist beschädigt: Als Zip-Datei lässt es sich nicht lesen.</translation>
    </message>
    <message>
        <source>{0} is not inside the document: {1}</source>
        <translation>{0} liegt nicht im Dokument: {1}</translation>
    </message>
    <message>
        <source>The document {0} is refused: it names a file outside itself.</source>
        <translation>Das Dokument {0} wird abgelehnt: Es nennt eine Datei außerhalb seiner selbst.</translation>
    </message>
    <message>
        <source>The document {0} is refused: it holds {1} twice.</source>
        <translation>Das Dokument {0} wird abgelehnt: Es enthält {1} zweimal.</translation>
    </message>
    <message>
        <source>The copy of {0} inside {1} is missing or damaged.</source>
        <translation>Die Kopie von {0} in {1} fehlt oder ist beschädigt.</translation>
    </message>
    <message>
        <source>Unsaved work cannot be kept in {0}: {1}.</source>
        <translation>Ungesicherte Arbeit lässt sich in {0} nicht aufbewahren: {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be named from {1}</source>
        <translation>{0} lässt sich von {1} aus nicht benennen</translation>
    </message>
    <message>
        <source>{0} has {1} bytes: a document holds pictures of at most 512 MiB.</source>
        <translation>{0} hat {1} Bytes: Ein Dokument fasst Bilder von höchstens 512 MiB.</translation>
    </message>
    <message>
        <source>it is no file name</source>
        <translation>es ist kein Dateiname</translation>
    </message>
    <message>
        <source>it is not relative to the document</source>
        <translation>es ist nicht vom Dokument aus gesehen</translation>
    </message>
    <message>
        <source>it is not absolute</source>
        <translation>es ist kein vollständiger Pfad</translation>
    </message>
    <message>
        <source>the picture is neither inside the document nor in a file</source>
        <translation>das Bild ist weder im Dokument noch in einer Datei</translation>
    </message>
    <message>
        <source>time-step groups</source>
        <translation>Zeitschrittgruppen</translation>
    </message>
    <message>
        <source>what was borrowed</source>
        <translation>das Entliehene</translation>
    </message>
    <message>
        <source>This document is open already ({0}): what both save, the later one overwrites.</source>
        <translation>Dieses Dokument ist schon geöffnet ({0}): Was beide sichern, überschreibt der Spätere.</translation>
    </message>
    <message>
        <source>{0} is removed again and again</source>
        <translation>{0} wird immer wieder entfernt</translation>
    </message>
    <message>
        <source>{0} is not a file</source>
        <translation>{0} ist keine Datei</translation>
    </message>
    <message>
        <source>the edit borrows, but no picture lends</source>
        <translation>die Bearbeitung leiht, aber kein Bild verleiht</translation>
    </message>
    <message>
        <source>the present step is not in the history</source>
        <translation>der jetzige Schritt ist nicht im Verlauf</translation>
    </message>
    <message>
        <source>a step uses a picture that is not listed</source>
        <translation>ein Schritt benutzt ein Bild, das nicht aufgeführt ist</translation>
    </message>
    <message>
        <source>a picture is listed twice</source>
        <translation>ein Bild ist zweimal aufgeführt</translation>
    </message>
    <message>
        <source>what is remembered of the view is larger than 64 KiB</source>
        <translation>was von der Ansicht gemerkt ist, ist größer als 64 KiB</translation>
    </message>
    <message>
        <source>{0} is already another picture of this document: choose a different one.</source>
        <translation>{0} ist schon ein anderes Bild dieses Dokuments: Wähle ein anderes.</translation>
    </message>
    <message>
        <source>The document {0} is refused: it describes more than 16 MiB.</source>
        <translation>Das Dokument {0} wird abgelehnt: Es beschreibt mehr als 16 MiB.</translation>
    </message>
    <message>
        <source>The document {0} has format {1}, which no released program wrote.</source>
        <translation>Das Dokument {0} hat Format {1}, das kein veröffentlichtes Programm geschrieben hat.</translation>
    </message>
    <message>
        <source>The document {0} was written by a later DiTi Studio (format {1}, this one reads up to {2}): update the program to open it.</source>
        <translation>Das Dokument {0} hat ein späteres DiTi Studio geschrieben (Format {1}, dieses liest bis {2}): Bring das Programm auf den neuesten Stand, um es zu öffnen.</translation>
    </message>
    <message>
        <source>The document {0} is damaged: {1}: {2}.</source>
        <translation>Das Dokument {0} ist beschädigt: {1}: {2}.</translation>
    </message>
    <message>
        <source>The document {0} is damaged: {1}.</source>
        <translation>Das Dokument {0} ist beschädigt: {1}.</translation>
    </message>
    <message>
        <source>The document {0} is damaged: it does not follow format {1}.</source>
        <translation>Das Dokument {0} ist beschädigt: Es folgt nicht dem Format {1}.</translation>
    </message>
    <message>
        <source>{0} is not the picture that {1} was: use it anyway, or locate the other one.</source>
        <translation>{0} ist nicht das Bild, das {1} war: Nimm es trotzdem, oder zeige, wo das andere liegt.</translation>
    </message>
    <message>
        <source>The document&apos;s own copy of {0} is missing or damaged: locate the picture.</source>
        <translation>Die eigene Kopie des Dokuments von {0} fehlt oder ist beschädigt: Zeige, wo das Bild liegt.</translation>
    </message>
    <message>
        <source>The pack {0} has no attribute called {1}: {2}</source>
        <translation>Das Modell {0} hat kein Attribut namens {1}: {2}</translation>
    </message>
    <message>
        <source>{0} is no range of groups: write one number, or two as 16-24 (24 left out).</source>
        <translation>{0} ist kein Bereich von Gruppen: Schreibe eine Zahl, oder zwei wie 16-24 (ohne die 24).</translation>
    </message>
    <message>
        <source>The range {0}… does not fit: groups are numbered 0 to {1}.</source>
        <translation>Der Bereich {0}… passt nicht: Die Gruppen gehen von 0 bis {1}.</translation>
    </message>
    <message>
        <source>The range {0} does not fit: groups are numbered 0 to {1}.</source>
        <translation>Der Bereich {0} passt nicht: Die Gruppen gehen von 0 bis {1}.</translation>
    </message>
    <message>
        <source>A blend needs a second picture: give one as the reference.</source>
        <translation>Eine Mischung braucht ein zweites Bild: Gib eins als Vorbild.</translation>
    </message>
    <message>
        <source>The recipe is larger than 1 MiB: it was not written by this program.</source>
        <translation>Das Rezept ist größer als 1 MiB: Dieses Programm hat es nicht geschrieben.</translation>
    </message>
    <message>
        <source>{0} {1} is not understood: write NAME=NUMBER, the number between -100 and 100.</source>
        <translation>{0} {1} ist unverständlich: Schreibe NAME=ZAHL, die Zahl zwischen -100 und 100.</translation>
    </message>
    <message>
        <source>Component {0} does not exist: the pack has {1} a group, from 0.</source>
        <translation>Richtung {0} gibt es nicht: Das Modell hat {1} je Gruppe, von 0 an.</translation>
    </message>
    <message>
        <source>This is no recipe of DiTi Studio: {0}: {1}.</source>
        <translation>Das ist kein Rezept von DiTi Studio: {0}: {1}.</translation>
    </message>
    <message>
        <source>the render ended without a result</source>
        <translation>die Berechnung endete ohne Ergebnis</translation>
    </message>
    <message>
        <source>Between 1 and {0} edits can be rendered at once, not {1}.</source>
        <translation>Zwischen 1 und {0} Bearbeitungen lassen sich auf einmal berechnen, nicht {1}.</translation>
    </message>
    <message>
        <source>This edit borrows from a second picture: give one as the reference.</source>
        <translation>Diese Bearbeitung leiht von einem zweiten Bild: Gib eins als Vorbild.</translation>
    </message>
    <message>
        <source>The picture needs more memory to be put together than this machine has.</source>
        <translation>Um das Bild zusammenzusetzen, braucht es mehr Speicher, als dieser Rechner hat.</translation>
    </message>
    <message>
        <source>the face is too small: the centre of the picture is used</source>
        <translation>das Gesicht ist zu klein: Die Mitte des Bildes wird genommen</translation>
    </message>
    <message>
        <source>the picture is not square: its centre is used</source>
        <translation>das Bild ist nicht quadratisch: Seine Mitte wird genommen</translation>
    </message>
    <message>
        <source>{0} faces found: the largest is used</source>
        <translation>{0} Gesichter gefunden: Das größte wird genommen</translation>
    </message>
    <message>
        <source>no face found: the centre of the picture is used</source>
        <translation>kein Gesicht gefunden: Die Mitte des Bildes wird genommen</translation>
    </message>
    <message>
        <source>The picture is {0}×{1}: it needs at least {2} pixels a side.</source>
        <translation>Das Bild hat {0}×{1}: Es braucht mindestens {2} Pixel je Seite.</translation>
    </message>
    <message>
        <source>{0} is no framing: choose auto, whole, centre or {1}.</source>
        <translation>{0} ist keine Rahmung: Wähle auto, whole, centre oder {1}.</translation>
    </message>
    <message>
        <source>The frame {0} lies outside the picture, which is {1}×{2}.</source>
        <translation>Der Rahmen {0} liegt außerhalb des Bildes von {1}×{2}.</translation>
    </message>
    <message>
        <source>A frame of {0} pixels is too large for a picture of {1}×{2}.</source>
        <translation>Ein Rahmen von {0} Pixeln ist zu groß für ein Bild von {1}×{2}.</translation>
    </message>
    <message>
        <source>A frame needs finite numbers within the picture&apos;s reach.</source>
        <translation>Ein Rahmen braucht endliche Zahlen in Reichweite des Bildes.</translation>
    </message>
    <message>
        <source>A frame of {0} pixels is too small: it needs at least {1}.</source>
        <translation>Ein Rahmen von {0} Pixeln ist zu klein: Er braucht mindestens {1}.</translation>
    </message>
    <message>
        <source>{0} is no frame: write {1} (centre, side, turn; in pixels and degrees).</source>
        <translation>{0} ist kein Rahmen: Schreibe {1} (Mitte, Seite, Drehung; in Pixeln und Grad).</translation>
    </message>
    <message>
        <source>The picture is {0}×{1}, not square: frame it with auto, centre or X,Y,SIZE instead.</source>
        <translation>Das Bild hat {0}×{1} und ist nicht quadratisch: Rahme es mit auto, centre oder X,Y,SIZE.</translation>
    </message>
    <message>
        <source>A frame is written as the numbers cx, cy, size and angle.</source>
        <translation>Ein Rahmen wird als die Zahlen cx, cy, size und angle geschrieben.</translation>
    </message>
    <message>
        <source>the framing {0} has no number {1}</source>
        <translation>die Rahmung {0} hat keine Zahl {1}</translation>
    </message>
    <message>
        <source>the framing number {0} is out of bounds</source>
        <translation>die Zahl {0} der Rahmung ist außerhalb der Grenzen</translation>
    </message>
    <message>
        <source>there must be between one group and one group a time-step</source>
        <translation>es muss mindestens eine Gruppe geben und höchstens eine je Zeitschritt</translation>
    </message>
    <message>
        <source>each group must own at least one latent dim</source>
        <translation>jede Gruppe muss mindestens eine Dimension des Latenten haben</translation>
    </message>
    <message>
        <source>stage ends must ascend and the last one must be the number of time-steps</source>
        <translation>die Enden der Stufen müssen steigen, und das letzte muss die Zahl der Zeitschritte sein</translation>
    </message>
    <message>
        <source>{0} latent dims cannot be shared equally by {1} groups</source>
        <translation>{0} Dimensionen des Latenten lassen sich nicht gleich auf {1} Gruppen verteilen</translation>
    </message>
    <message>
        <source>The range {0}-{1} does not fit: groups are numbered 0 to {2}, and the second number, which is left out, must be the larger one.</source>
        <translation>Der Bereich {0}-{1} passt nicht: Die Gruppen gehen von 0 bis {2}, und die zweite Zahl, die nicht mehr dazugehört, muss die größere sein.</translation>
    </message>
    <message>
        <source>a stage holds no group: use more groups or fewer stages</source>
        <translation>eine Stufe enthält keine Gruppe: Nimm mehr Gruppen oder weniger Stufen</translation>
    </message>
    <message>
        <source>There is no model pack called {0}: installed are {1}.</source>
        <translation>Es gibt kein Modell namens {0}: Installiert sind {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} is not among those you installed in {1}; nothing was removed.</source>
        <translation>Das Modell {0} ist keines von denen, die du in {1} installiert hast; nichts wurde entfernt.</translation>
    </message>
    <message>
        <source>The model pack {0} has format {1}; this program reads format {2}.</source>
        <translation>Das Modell {0} hat Format {1}; dieses Programm liest Format {2}.</translation>
    </message>
    <message>
        <source>The model pack {0} is refused: {1} leads out of it.</source>
        <translation>Das Modell {0} wird abgelehnt: {1} führt aus ihm hinaus.</translation>
    </message>
    <message>
        <source>The model pack {0} is refused: {1} is not a file.</source>
        <translation>Das Modell {0} wird abgelehnt: {1} ist keine Datei.</translation>
    </message>
    <message>
        <source>The model pack {0} is refused: {1} is larger than {2} bytes.</source>
        <translation>Das Modell {0} wird abgelehnt: {1} ist größer als {2} Bytes.</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: latents.safetensors cannot be read.</source>
        <translation>Das Modell {0} ist beschädigt: latents.safetensors lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>the range of an attribute must hold 0</source>
        <translation>der Bereich eines Attributs muss 0 enthalten</translation>
    </message>
    <message>
        <source>the groups do not cut the time axis as floor(t k / T)</source>
        <translation>die Gruppen teilen die Zeitachse nicht wie floor(t k / T)</translation>
    </message>
    <message>
        <source>the stages do not follow one another</source>
        <translation>die Stufen folgen nicht aufeinander</translation>
    </message>
    <message>
        <source>the noise schedule leaves nothing of the picture</source>
        <translation>der Rauschplan lässt nichts vom Bild übrig</translation>
    </message>
    <message>
        <source>the noise schedule does not add noise at every time-step</source>
        <translation>der Rauschplan fügt nicht bei jedem Zeitschritt Rauschen hinzu</translation>
    </message>
    <message>
        <source>the groups do not own all latent dims</source>
        <translation>die Gruppen haben nicht alle Dimensionen des Latenten</translation>
    </message>
    <message>
        <source>two attributes have the same name</source>
        <translation>zwei Attribute haben denselben Namen</translation>
    </message>
    <message>
        <source>an attribute&apos;s profile must have one number a group</source>
        <translation>das Profil eines Attributs muss eine Zahl je Gruppe haben</translation>
    </message>
    <message>
        <source>the pack is larger than 4 GiB</source>
        <translation>das Modell ist größer als 4 GiB</translation>
    </message>
    <message>
        <source>There is no model pack at {0}.</source>
        <translation>Unter {0} gibt es kein Modell.</translation>
    </message>
    <message>
        <source>{0} is no model pack: it is neither a folder nor a file.</source>
        <translation>{0} ist kein Modell: Es ist weder ein Ordner noch eine Datei.</translation>
    </message>
    <message>
        <source>The model pack {0} has no file {1}.</source>
        <translation>Das Modell {0} hat keine Datei {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: the hash of {1} is wrong; get it again.</source>
        <translation>Das Modell {0} ist beschädigt: Die Prüfsumme von {1} stimmt nicht; hol es noch einmal.</translation>
    </message>
    <message>
        <source>The model pack {0} is refused: {1} refers to files outside itself.</source>
        <translation>Das Modell {0} wird abgelehnt: {1} verweist auf Dateien außerhalb seiner selbst.</translation>
    </message>
    <message>
        <source>No model pack was found: put one into {0} or name one with --pack.</source>
        <translation>Kein Modell wurde gefunden: Lege eins in {0} ab oder nenne eins mit --pack.</translation>
    </message>
    <message>
        <source>The model pack could not be installed into {0}: {1}.</source>
        <translation>Das Modell ließ sich nicht in {0} installieren: {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} could not be removed: {1}.</source>
        <translation>Das Modell {0} ließ sich nicht entfernen: {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} is incomplete: a file is missing; get it again.</source>
        <translation>Das Modell {0} ist unvollständig: Eine Datei fehlt; hol es noch einmal.</translation>
    </message>
    <message>
        <source>The model pack {0} cannot be read: {1}.</source>
        <translation>Das Modell {0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>{0} is no model pack: it is not a zip file that can be read.</source>
        <translation>{0} ist kein Modell: Es ist keine lesbare Zip-Datei.</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: its manifest is not JSON.</source>
        <translation>Das Modell {0} ist beschädigt: Sein Manifest ist kein JSON.</translation>
    </message>
    <message>
        <source>The model pack {0} is refused: {1}: {2}.</source>
        <translation>Das Modell {0} wird abgelehnt: {1}: {2}.</translation>
    </message>
    <message>
        <source>the file name {0} is not allowed</source>
        <translation>der Dateiname {0} ist nicht erlaubt</translation>
    </message>
    <message>
        <source>{0} is missing from the list of files</source>
        <translation>{0} fehlt in der Liste der Dateien</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: {1} in latents.safetensors should be {2} finite numbers{3}.</source>
        <translation>Das Modell {0} ist beschädigt: {1} in latents.safetensors sollten {2} endliche Zahlen sein{3}.</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: {1} has {2} bytes, not {3}.</source>
        <translation>Das Modell {0} ist beschädigt: {1} hat {2} Bytes, nicht {3}.</translation>
    </message>
    <message>
        <source>{0} has {1} megapixels; at most {2} can be opened.</source>
        <translation>{0} hat {1} Megapixel; höchstens {2} lassen sich öffnen.</translation>
    </message>
    <message>
        <source>the first page of several</source>
        <translation>die erste von mehreren Seiten</translation>
    </message>
    <message>
        <source>the first frame of an animation</source>
        <translation>das erste Bild einer Animation</translation>
    </message>
    <message>
        <source>edited in sRGB; an export can keep its own colours ({0})</source>
        <translation>wird in sRGB bearbeitet; ein Export kann seine eigenen Farben behalten ({0})</translation>
    </message>
    <message>
        <source>A picture is 8-bit RGB, but the pixels are {0} {1}.</source>
        <translation>Ein Bild hat 8 Bit RGB, aber die Pixel sind {0} {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1} holds at most {2} pixels a side; use .png.</source>
        <translation>{0} lässt sich nicht schreiben: {1} fasst höchstens {2} Pixel je Seite; nimm .png.</translation>
    </message>
    <message>
        <source>{0} is larger than {1} MiB.</source>
        <translation>{0} ist größer als {1} MiB.</translation>
    </message>
    <message>
        <source>{0} is empty.</source>
        <translation>{0} ist leer.</translation>
    </message>
    <message>
        <source>{0} has no pixels.</source>
        <translation>{0} hat keine Pixel.</translation>
    </message>
    <message>
        <source>the main picture of several in the file</source>
        <translation>das Hauptbild von mehreren in der Datei</translation>
    </message>
    <message>
        <source>{0} has no suffix that can be written: use {1}.</source>
        <translation>{0} hat keine Endung, die sich schreiben lässt: Nimm {1}.</translation>
    </message>
    <message>
        <source>{0} exists already and is kept: choose another name.</source>
        <translation>{0} gibt es schon und bleibt erhalten: Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>{0} cannot hold its recipe ({1} bytes): export it without the recipe.</source>
        <translation>{0} kann sein Rezept nicht aufnehmen ({1} Bytes): Exportiere es ohne das Rezept.</translation>
    </message>
    <message>
        <source>{0} is damaged or cut short and cannot be read.</source>
        <translation>{0} ist beschädigt oder abgeschnitten und lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{0} has colours that cannot be converted to RGB.</source>
        <translation>{0} hat Farben, die sich nicht nach RGB umrechnen lassen.</translation>
    </message>
    <message>
        <source>{0} is a folder, not a picture.</source>
        <translation>{0} ist ein Ordner und kein Bild.</translation>
    </message>
    <message>
        <source>{0} is not a file.</source>
        <translation>{0} ist keine Datei.</translation>
    </message>
    <message>
        <source>{0} may not be read: its permissions forbid it.</source>
        <translation>{0} darf nicht gelesen werden: Seine Rechte verbieten es.</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>{0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>{0} has more than {1} megapixels.</source>
        <translation>{0} hat mehr als {1} Megapixel.</translation>
    </message>
    <message>
        <source>{0} is not a picture that can be read here.</source>
        <translation>{0} ist kein Bild, das sich hier lesen lässt.</translation>
    </message>
    <message>
        <source>{0} is damaged and cannot be read.</source>
        <translation>{0} ist beschädigt und lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>unreadable metadata left out</source>
        <translation>unlesbare Daten der Kamera weggelassen</translation>
    </message>
    <message>
        <source>{0} is the source picture and is not replaced: choose another name.</source>
        <translation>{0} ist das Ausgangsbild und wird nicht ersetzt: Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>{0} cannot be written as {1}: {2}.</source>
        <translation>{0} lässt sich nicht als {1} schreiben: {2}.</translation>
    </message>
    <message>
        <source>some time-step groups</source>
        <translation>einige Zeitschrittgruppen</translation>
    </message>
    <message>
        <source>some of what was borrowed</source>
        <translation>einiges vom Entliehenen</translation>
    </message>
    <message>
        <source>{0} carries no recipe.</source>
        <translation>{0} enthält kein Rezept.</translation>
    </message>
    <message>
        <source>The recipe {0} is not a file.</source>
        <translation>Das Rezept {0} ist keine Datei.</translation>
    </message>
    <message>
        <source>{0} is no recipe: it is larger than {1} MiB.</source>
        <translation>{0} ist kein Rezept: Es ist größer als {1} MiB.</translation>
    </message>
    <message>
        <source>The recipe {0} cannot be written: {1}.</source>
        <translation>Das Rezept {0} lässt sich nicht schreiben: {1}.</translation>
    </message>
    <message>
        <source>The recipe {0} cannot be read: {1}.</source>
        <translation>Das Rezept {0} lässt sich nicht lesen: {1}.</translation>
    </message>
    <message>
        <source>{0}; nothing else is left to try.</source>
        <translation>{0}; mehr lässt sich nicht versuchen.</translation>
    </message>
    <message>
        <source>{0}; using {1} instead.</source>
        <translation>{0}; genommen wird stattdessen {1}.</translation>
    </message>
    <message>
        <source>ONNX Runtime cannot be loaded ({0}): install onnxruntime.</source>
        <translation>ONNX Runtime lässt sich nicht laden ({0}): Installiere onnxruntime.</translation>
    </message>
    <message>
        <source>There is no device called {0}: choose auto, {1}.</source>
        <translation>Es gibt kein Gerät namens {0}: Wähle auto, {1}.</translation>
    </message>
    <message>
        <source>The model pack {0} is damaged: {1} should give {2} finite float32 numbers and does not.</source>
        <translation>Das Modell {0} ist beschädigt: {1} sollte {2} endliche Zahlen (float32) ergeben und tut es nicht.</translation>
    </message>
    <message>
        <source>The device {0} is not available here; using {1} instead.</source>
        <translation>Das Gerät {0} gibt es hier nicht; genommen wird stattdessen {1}.</translation>
    </message>
    <message>
        <source>{0} did not start</source>
        <translation>{0} ist nicht angelaufen</translation>
    </message>
    <message>
        <source>{0} did not answer for {1} seconds</source>
        <translation>{0} hat {1} Sekunden lang nicht geantwortet</translation>
    </message>
    <message>
        <source>{0} cannot run this pack ({1})</source>
        <translation>{0} kann dieses Modell nicht ausführen ({1})</translation>
    </message>
    <message>
        <source>{0} failed ({1})</source>
        <translation>{0} ist ausgefallen ({1})</translation>
    </message>
    <message>
        <source>{0} steps cannot be taken: choose between 1 and {1}.</source>
        <translation>{0} Schritte gehen nicht: Wähle zwischen 1 und {1}.</translation>
    </message>
    <message>
        <source>The pack {0} has no attributes to show on a sheet.</source>
        <translation>Das Modell {0} hat keine Attribute, die ein Abzug zeigen könnte.</translation>
    </message>
    <message>
        <source>{0} has no suffix of an animation: use {1}.</source>
        <translation>{0} hat nicht die Endung einer Animation: Nimm {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be written without PyAV: {1}, or use .webp or .gif.</source>
        <translation>{0} lässt sich ohne PyAV nicht schreiben: {1}, oder nimm .webp oder .gif.</translation>
    </message>
    <message>
        <source>{0} cannot be written, because PyAV does not start: {1}.</source>
        <translation>{0} lässt sich nicht schreiben, weil PyAV nicht anläuft: {1}.</translation>
    </message>
    <message>
        <source>{0} cannot be written as MP4: {1}.</source>
        <translation>{0} lässt sich nicht als MP4 schreiben: {1}.</translation>
    </message>
    <message>
        <source>{0} has no counterpart for: {1}.</source>
        <translation>{0} hat nichts Entsprechendes für: {1}.</translation>
    </message>
    <message>
        <source>{0} was saved after this work was kept: save it under another name.</source>
        <translation>{0} wurde gesichert, nachdem diese Arbeit aufbewahrt wurde: Sichere sie unter einem anderen Namen.</translation>
    </message>
    <message>
        <source>The job cannot be written to {0}: {1}.</source>
        <translation>Der Auftrag lässt sich nicht nach {0} schreiben: {1}.</translation>
    </message>
    <message>
        <source>The model was changed before this export began: export again.</source>
        <translation>Das Modell wurde gewechselt, bevor dieser Export begann: exportiere noch einmal.</translation>
    </message>
    <message>
        <source>No model pack is loaded: choose one in the Models menu first.</source>
        <translation>Kein Modell ist geladen: Wähle zuerst eins im Menü Modelle.</translation>
    </message>
</context>
<context>
    <name>drops</name>
    <message>
        <source>Pasted picture</source>
        <translation>Eingefügtes Bild</translation>
    </message>
</context>
<context>
    <name>help</name>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>How It Works</source>
        <translation>So geht es</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Pictures lose what they show in an order&lt;/h3&gt;&lt;p&gt;A diffusion model takes a picture apart in a thousand small steps of noise. Fine texture goes first, then small parts, then what makes a face or a room, and last the tone of the whole. Each attribute is lost at its own time.&lt;/p&gt;&lt;p&gt;This program’s model keeps, for every range of time-steps, a few numbers that hold just what is lost there. Moving them changes that, and little else. The equaliser below the picture shows these ranges from fine (left) to coarse (right); a named slider such as &lt;i&gt;Smile&lt;/i&gt; moves a mix of them.&lt;/p&gt;&lt;h3&gt;What you see&lt;/h3&gt;&lt;p&gt;Your own pixels plus the change. At zero the picture is untouched, bit for bit. &lt;i&gt;Model’s Own Picture&lt;/i&gt; in the View menu shows what the network itself draws, and the status line how closely it rebuilds your picture before any edit.&lt;/p&gt;&lt;h3&gt;Borrowing&lt;/h3&gt;&lt;p&gt;Drop a second picture on &lt;i&gt;Reference&lt;/i&gt;, choose a range of time-steps and raise the blend: that range comes from there.&lt;/p&gt;&lt;p&gt;&lt;small&gt;After Yue et al., &lt;i&gt;Exploring Diffusion Time-steps for Unsupervised Representation Learning&lt;/i&gt;, ICLR 2024.&lt;/small&gt;&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Bilder verlieren in einer Ordnung, was sie zeigen&lt;/h3&gt;&lt;p&gt;Ein Diffusionsmodell nimmt ein Bild in tausend kleinen Schritten Rauschen auseinander. Feine Textur geht zuerst, dann kleine Teile, dann das, was ein Gesicht oder einen Raum ausmacht, und zuletzt der Ton des Ganzen. Jedes Attribut geht zu seiner eigenen Zeit verloren.&lt;/p&gt;&lt;p&gt;Das Modell dieses Programms behält für jeden Bereich von Zeitschritten ein paar Zahlen, die gerade das halten, was dort verloren geht. Sie zu bewegen ändert das, und wenig sonst. Der Equalizer unter dem Bild zeigt diese Bereiche von fein (links) bis grob (rechts); ein benannter Regler wie &lt;i&gt;Lächeln&lt;/i&gt; bewegt eine Mischung davon.&lt;/p&gt;&lt;h3&gt;Was du siehst&lt;/h3&gt;&lt;p&gt;Deine eigenen Pixel und die Änderung dazu. Bei null bleibt das Bild unberührt, Bit für Bit. &lt;i&gt;Bild des Modells&lt;/i&gt; im Menü Ansicht zeigt, was das Netz selbst zeichnet, und die Statuszeile, wie genau es dein Bild vor jeder Änderung nachbaut.&lt;/p&gt;&lt;h3&gt;Leihen&lt;/h3&gt;&lt;p&gt;Lege ein zweites Bild auf &lt;i&gt;Vorbild&lt;/i&gt; ab, wähle einen Bereich von Zeitschritten und erhöhe die Mischung: Dieser Bereich kommt dann von dort.&lt;/p&gt;&lt;p&gt;&lt;small&gt;Nach Yue u. a., &lt;i&gt;Exploring Diffusion Time-steps for Unsupervised Representation Learning&lt;/i&gt;, ICLR 2024.&lt;/small&gt;&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About DiTi Studio</source>
        <translation>Über DiTi Studio</translation>
    </message>
    <message>
        <source>Version {0}&lt;br&gt;A desktop editor for disentangled image editing over diffusion time-steps.&lt;br&gt;MIT licence.</source>
        <translation>Version {0}&lt;br&gt;Ein Programm, um Bilder entlang der Zeitschritte einer Diffusion getrennt zu bearbeiten.&lt;br&gt;MIT-Lizenz.</translation>
    </message>
</context>
<context>
    <name>history</name>
    <message>
        <source>Time-step groups</source>
        <translation>Zeitschritt-Gruppen</translation>
    </message>
    <message>
        <source>Borrow noise, {0:.0f} %</source>
        <translation>Rauschen leihen, {0:.0f} %</translation>
    </message>
    <message>
        <source>Borrow nothing</source>
        <translation>Nichts leihen</translation>
    </message>
    <message>
        <source>Borrow groups {0}–{1}, {2:.0f} %</source>
        <translation>Gruppen {0}–{1} leihen, {2:.0f} %</translation>
    </message>
    <message>
        <source>Bars of {0} groups, {1} to {2}</source>
        <translation>Balken von {0} Gruppen, {1} bis {2}</translation>
    </message>
    <message>
        <source>{0} (direction {1})</source>
        <translation>{0} (Richtung {1})</translation>
    </message>
    <message>
        <source>one move of time-step groups</source>
        <translation>eine Bewegung von Zeitschritt-Gruppen</translation>
    </message>
    <message>
        <source>{0} moves of time-step groups</source>
        <translation>{0} Bewegungen von Zeitschritt-Gruppen</translation>
    </message>
    <message>
        <source>borrows from another picture</source>
        <translation>leiht von einem anderen Bild</translation>
    </message>
    <message>
        <source>changes nothing</source>
        <translation>ändert nichts</translation>
    </message>
    <message>
        <source>Group {0}</source>
        <translation>Gruppe {0}</translation>
    </message>
    <message>
        <source>Groups {0}–{1}</source>
        <translation>Gruppen {0}–{1}</translation>
    </message>
    <message>
        <source>to zero</source>
        <translation>auf null</translation>
    </message>
</context>
<context>
    <name>pack faces</name>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>face</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Textur</translation>
    </message>
    <message>
        <source>Fine detail</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Face and hair</source>
        <translation>Gesicht und Haar</translation>
    </message>
    <message>
        <source>Skin and background</source>
        <translation>Haut und Hintergrund</translation>
    </message>
    <message>
        <source>Overall tone</source>
        <translation>Grundton</translation>
    </message>
    <message>
        <source>Smile</source>
        <translation>Lächeln</translation>
    </message>
    <message>
        <source>serious</source>
        <translation>ernst</translation>
    </message>
    <message>
        <source>smiling</source>
        <translation>lächelnd</translation>
    </message>
    <message>
        <source>Mouth open</source>
        <translation>Mund offen</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>geschlossen</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>younger</source>
        <translation>jünger</translation>
    </message>
    <message>
        <source>older</source>
        <translation>älter</translation>
    </message>
    <message>
        <source>Feminine – masculine</source>
        <translation>Weiblich – männlich</translation>
    </message>
    <message>
        <source>feminine</source>
        <translation>weiblich</translation>
    </message>
    <message>
        <source>masculine</source>
        <translation>männlich</translation>
    </message>
    <message>
        <source>Glasses</source>
        <translation>Brille</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ohne</translation>
    </message>
    <message>
        <source>glasses</source>
        <translation>Brille</translation>
    </message>
    <message>
        <source>Beard</source>
        <translation>Bart</translation>
    </message>
    <message>
        <source>shaved</source>
        <translation>rasiert</translation>
    </message>
    <message>
        <source>bearded</source>
        <translation>bärtig</translation>
    </message>
    <message>
        <source>Blond hair</source>
        <translation>Blondes Haar</translation>
    </message>
    <message>
        <source>less blond</source>
        <translation>weniger blond</translation>
    </message>
    <message>
        <source>blond</source>
        <translation>blond</translation>
    </message>
    <message>
        <source>Dark hair</source>
        <translation>Dunkles Haar</translation>
    </message>
    <message>
        <source>lighter</source>
        <translation>heller</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>Grey hair</source>
        <translation>Graues Haar</translation>
    </message>
    <message>
        <source>less grey</source>
        <translation>weniger grau</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>grau</translation>
    </message>
    <message>
        <source>Red hair</source>
        <translation>Rotes Haar</translation>
    </message>
    <message>
        <source>less red</source>
        <translation>weniger rot</translation>
    </message>
    <message>
        <source>red</source>
        <translation>rot</translation>
    </message>
    <message>
        <source>Hair length</source>
        <translation>Haarlänge</translation>
    </message>
    <message>
        <source>short</source>
        <translation>kurz</translation>
    </message>
    <message>
        <source>long</source>
        <translation>lang</translation>
    </message>
    <message>
        <source>Bald</source>
        <translation>Glatze</translation>
    </message>
    <message>
        <source>full hair</source>
        <translation>volles Haar</translation>
    </message>
    <message>
        <source>bald</source>
        <translation>kahl</translation>
    </message>
    <message>
        <source>Fringe</source>
        <translation>Pony</translation>
    </message>
    <message>
        <source>forehead free</source>
        <translation>freie Stirn</translation>
    </message>
    <message>
        <source>fringe</source>
        <translation>Pony</translation>
    </message>
    <message>
        <source>Skin tone</source>
        <translation>Hautton</translation>
    </message>
    <message>
        <source>darker</source>
        <translation>dunkler</translation>
    </message>
    <message>
        <source>Face width</source>
        <translation>Breite des Gesichts</translation>
    </message>
    <message>
        <source>narrow</source>
        <translation>schmal</translation>
    </message>
    <message>
        <source>wide</source>
        <translation>breit</translation>
    </message>
    <message>
        <source>Lipstick</source>
        <translation>Lippenstift</translation>
    </message>
    <message>
        <source>painted</source>
        <translation>geschminkt</translation>
    </message>
    <message>
        <source>Eye make-up</source>
        <translation>Augen-Make-up</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>stark</translation>
    </message>
    <message>
        <source>Eyelids</source>
        <translation>Augenlider</translation>
    </message>
    <message>
        <source>wide open</source>
        <translation>weit offen</translation>
    </message>
    <message>
        <source>half closed</source>
        <translation>halb geschlossen</translation>
    </message>
    <message>
        <source>Turn head</source>
        <translation>Kopf drehen</translation>
    </message>
    <message>
        <source>to the left</source>
        <translation>nach links</translation>
    </message>
    <message>
        <source>to the right</source>
        <translation>nach rechts</translation>
    </message>
    <message>
        <source>Nod</source>
        <translation>Nicken</translation>
    </message>
    <message>
        <source>down</source>
        <translation>nach unten</translation>
    </message>
    <message>
        <source>up</source>
        <translation>nach oben</translation>
    </message>
    <message>
        <source>Light from the side</source>
        <translation>Licht von der Seite</translation>
    </message>
    <message>
        <source>from the left</source>
        <translation>von links</translation>
    </message>
    <message>
        <source>from the right</source>
        <translation>von rechts</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>dimmer</source>
        <translation>dunkler</translation>
    </message>
    <message>
        <source>brighter</source>
        <translation>heller</translation>
    </message>
    <message>
        <source>Warmth of light</source>
        <translation>Wärme des Lichts</translation>
    </message>
    <message>
        <source>cool</source>
        <translation>kühl</translation>
    </message>
    <message>
        <source>warm</source>
        <translation>warm</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>bright</source>
        <translation>hell</translation>
    </message>
</context>
<context>
    <name>pack rooms</name>
    <message>
        <source>Rooms</source>
        <translation>Räume</translation>
    </message>
    <message>
        <source>room</source>
        <translation>Räume</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Textur</translation>
    </message>
    <message>
        <source>Tints</source>
        <translation>Farbtöne</translation>
    </message>
    <message>
        <source>Room and furniture</source>
        <translation>Raum und Möbel</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>Overall tone</source>
        <translation>Grundton</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>Tageszeit</translation>
    </message>
    <message>
        <source>night</source>
        <translation>Nacht</translation>
    </message>
    <message>
        <source>bright day</source>
        <translation>heller Tag</translation>
    </message>
    <message>
        <source>Sunshine</source>
        <translation>Sonnenschein</translation>
    </message>
    <message>
        <source>overcast</source>
        <translation>bedeckt</translation>
    </message>
    <message>
        <source>sun patches</source>
        <translation>Sonnenflecken</translation>
    </message>
    <message>
        <source>Lamp</source>
        <translation>Lampe</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>Warmth of light</source>
        <translation>Wärme des Lichts</translation>
    </message>
    <message>
        <source>cool</source>
        <translation>kühl</translation>
    </message>
    <message>
        <source>warm</source>
        <translation>warm</translation>
    </message>
    <message>
        <source>Colourfulness</source>
        <translation>Farbigkeit</translation>
    </message>
    <message>
        <source>muted</source>
        <translation>gedämpft</translation>
    </message>
    <message>
        <source>vivid</source>
        <translation>kräftig</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Kontrast</translation>
    </message>
    <message>
        <source>softer</source>
        <translation>weicher</translation>
    </message>
    <message>
        <source>stronger</source>
        <translation>stärker</translation>
    </message>
    <message>
        <source>Walls</source>
        <translation>Wände</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>Wall colour</source>
        <translation>Farbe der Wände</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>blau</translation>
    </message>
    <message>
        <source>Wall tint</source>
        <translation>Ton der Wände</translation>
    </message>
    <message>
        <source>rose</source>
        <translation>rosa</translation>
    </message>
    <message>
        <source>green</source>
        <translation>grün</translation>
    </message>
    <message>
        <source>Floor</source>
        <translation>Boden</translation>
    </message>
    <message>
        <source>Floor colour</source>
        <translation>Farbe des Bodens</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>grau</translation>
    </message>
    <message>
        <source>Carpet</source>
        <translation>Teppichboden</translation>
    </message>
    <message>
        <source>bare floor</source>
        <translation>blanker Boden</translation>
    </message>
    <message>
        <source>carpet</source>
        <translation>Teppichboden</translation>
    </message>
    <message>
        <source>Bed or sofa</source>
        <translation>Bett oder Sofa</translation>
    </message>
    <message>
        <source>Bed or sofa colour</source>
        <translation>Farbe von Bett oder Sofa</translation>
    </message>
    <message>
        <source>Bed or sofa tint</source>
        <translation>Ton von Bett oder Sofa</translation>
    </message>
    <message>
        <source>Bedroom – living room</source>
        <translation>Schlafzimmer – Wohnzimmer</translation>
    </message>
    <message>
        <source>bed</source>
        <translation>Bett</translation>
    </message>
    <message>
        <source>sofa</source>
        <translation>Sofa</translation>
    </message>
    <message>
        <source>Furniture wood</source>
        <translation>Holz der Möbel</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ohne</translation>
    </message>
    <message>
        <source>window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Rug</source>
        <translation>Teppich</translation>
    </message>
    <message>
        <source>rug</source>
        <translation>Teppich</translation>
    </message>
    <message>
        <source>Pictures on the wall</source>
        <translation>Bilder an der Wand</translation>
    </message>
    <message>
        <source>fewer</source>
        <translation>weniger</translation>
    </message>
    <message>
        <source>more</source>
        <translation>mehr</translation>
    </message>
    <message>
        <source>Ceiling lamp</source>
        <translation>Deckenlampe</translation>
    </message>
    <message>
        <source>lamp</source>
        <translation>Lampe</translation>
    </message>
    <message>
        <source>Camera height</source>
        <translation>Höhe der Kamera</translation>
    </message>
    <message>
        <source>low</source>
        <translation>niedrig</translation>
    </message>
    <message>
        <source>high</source>
        <translation>hoch</translation>
    </message>
    <message>
        <source>Camera place</source>
        <translation>Ort der Kamera</translation>
    </message>
    <message>
        <source>left</source>
        <translation>links</translation>
    </message>
    <message>
        <source>right</source>
        <translation>rechts</translation>
    </message>
    <message>
        <source>Camera tilt</source>
        <translation>Neigung der Kamera</translation>
    </message>
    <message>
        <source>down</source>
        <translation>nach unten</translation>
    </message>
    <message>
        <source>up</source>
        <translation>nach oben</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>wide</source>
        <translation>weit</translation>
    </message>
    <message>
        <source>close</source>
        <translation>nah</translation>
    </message>
    <message>
        <source>Room depth</source>
        <translation>Tiefe des Raums</translation>
    </message>
    <message>
        <source>shallow</source>
        <translation>flach</translation>
    </message>
    <message>
        <source>deep</source>
        <translation>tief</translation>
    </message>
</context>
<context>
    <name>packs</name>
    <message>
        <source>({0} of them experimental)</source>
        <translation>({0} davon experimentell)</translation>
    </message>
    <message>
        <source>Made for</source>
        <translation>Gemacht für</translation>
    </message>
    <message>
        <source>Pictures inside</source>
        <translation>Bilder darin</translation>
    </message>
    <message>
        <source>{0} × {0} pixels</source>
        <translation>{0} × {0} Pixel</translation>
    </message>
    <message>
        <source>Size on disk</source>
        <translation>Größe auf der Platte</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Time-step groups</source>
        <translation>Zeitschritt-Gruppen</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Gelernt an</translation>
    </message>
    <message>
        <source>The pack does not say.</source>
        <translation>Das Modell sagt es nicht.</translation>
    </message>
    <message>
        <source>Pictures seen</source>
        <translation>Gesehene Bilder</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Rebuilds at</source>
        <translation>Baut nach mit</translation>
    </message>
    <message>
        <source>{0} of memory in use</source>
        <translation>{0} Speicher belegt</translation>
    </message>
    <message>
        <source>{0} of {1} on the GPU, all programs together</source>
        <translation>{0} von {1} auf der GPU, alle Programme zusammen</translation>
    </message>
</context>
<context>
    <name>templates</name>
    <message>
        <source>the picture&apos;s name without its suffix</source>
        <translation>der Name des Bildes ohne seine Endung</translation>
    </message>
    <message>
        <source>the picture&apos;s suffix, without the dot</source>
        <translation>die Endung des Bildes, ohne den Punkt</translation>
    </message>
    <message>
        <source>the subfolder in which the picture was found</source>
        <translation>der Unterordner, in dem das Bild gefunden wurde</translation>
    </message>
    <message>
        <source>the name of the folder that holds the picture</source>
        <translation>der Name des Ordners, in dem das Bild liegt</translation>
    </message>
    <message>
        <source>the picture&apos;s number, from 1</source>
        <translation>die Nummer des Bildes, von 1 an</translation>
    </message>
    <message>
        <source>the swept attribute</source>
        <translation>das durchlaufene Attribut</translation>
    </message>
    <message>
        <source>its amount, as +1.5</source>
        <translation>sein Wert, wie +1.5</translation>
    </message>
    <message>
        <source>the second swept attribute</source>
        <translation>das zweite durchlaufene Attribut</translation>
    </message>
    <message>
        <source>its amount</source>
        <translation>sein Wert</translation>
    </message>
    <message>
        <source>the name of the picture that lends, without its suffix</source>
        <translation>der Name des Bildes, das leiht, ohne seine Endung</translation>
    </message>
    <message>
        <source>the recipe&apos;s name</source>
        <translation>der Name des Rezepts</translation>
    </message>
    <message>
        <source>the model pack</source>
        <translation>das Modell</translation>
    </message>
    <message>
        <source>the day on which the job was queued, as 2026-01-31</source>
        <translation>der Tag, an dem der Auftrag gestellt wurde, wie 2026-01-31</translation>
    </message>
    <message>
        <source>the time at which it was, as 235959</source>
        <translation>die Uhrzeit dazu, wie 235959</translation>
    </message>
</context>
</TS>
