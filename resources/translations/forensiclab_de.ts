<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>&amp;Copy versions</source>
        <translation>Versionen &amp;kopieren</translation>
    </message>
    <message>
        <source>About ForensicLab</source>
        <translation>Über ForensicLab</translation>
    </message>
    <message>
        <source>ForensicLab is free software under the Apache License 2.0; see the file LICENSE.

It stands on other people&apos;s work, among it:
Qt and PySide6 (LGPL 3), PyQtGraph (MIT);
FFmpeg with PyAV (LGPL 2.1 or later; BSD), which may hold x264 and x265 (GPL 2 or later);
PyTorch (BSD), torchvision (BSD), timm (Apache 2.0), OpenVINO (Apache 2.0);
MTCNN by facenet-pytorch (MIT), OpenCV (Apache 2.0);
NumPy, SciPy (BSD), Pillow (MIT-CMU), Matplotlib with DejaVu fonts (their own licences);
Typst (Apache 2.0), safetensors (Apache 2.0), msgspec (BSD), platformdirs (MIT).

The weights of a detector and the data it was trained on have licences of their own; its card in “Models” names them.</source>
        <translation>ForensicLab ist freie Software unter der Apache-Lizenz 2.0; siehe die Datei LICENSE.

Es beruht auf der Arbeit anderer, darunter:
Qt und PySide6 (LGPL 3), PyQtGraph (MIT);
FFmpeg mit PyAV (LGPL 2.1 oder neuer; BSD), das x264 und x265 enthalten kann (GPL 2 oder neuer);
PyTorch (BSD), torchvision (BSD), timm (Apache 2.0), OpenVINO (Apache 2.0);
MTCNN von facenet-pytorch (MIT), OpenCV (Apache 2.0);
NumPy, SciPy (BSD), Pillow (MIT-CMU), Matplotlib mit den DejaVu-Schriften (eigene Lizenzen);
Typst (Apache 2.0), safetensors (Apache 2.0), msgspec (BSD), platformdirs (MIT).

Die Gewichte eines Detektors und die Daten, auf denen er trainiert wurde, haben eigene Lizenzen; seine Karte unter „Modelle“ nennt sie.</translation>
    </message>
    <message>
        <source>Judges compressed face videos, offline. It supports a decision; it does not make one.</source>
        <translation>Beurteilt komprimierte Gesichtsvideos, ohne Netz. Es unterstützt eine Entscheidung; es trifft keine.</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Looking up versions…</source>
        <translation>Versionen werden nachgesehen…</translation>
    </message>
    <message>
        <source>The versions could not be looked up because of an unexpected error.</source>
        <translation>Die Versionen konnten wegen eines unerwarteten Fehlers nicht nachgesehen werden.</translation>
    </message>
</context>
<context>
    <name>AgreementModel</name>
    <message>
        <source>Rank correlation of the raw scores {0} over {1} crops (Spearman).</source>
        <translation>Rangkorrelation der Rohwerte {0} über {1} Ausschnitte (Spearman).</translation>
    </message>
    <message>
        <source>n {0}</source>
        <translation>n {0}</translation>
    </message>
    <message>
        <source>no common
crops</source>
        <translation>keine gemeinsamen
Ausschnitte</translation>
    </message>
    <message>
        <source>{0} opposed</source>
        <translation>{0} gegensätzlich</translation>
    </message>
    <message>
        <source>{0}: no crop has a verdict from both; a calibration is missing.</source>
        <translation>{0}: Kein Ausschnitt hat einen Befund von beiden, weil eine Kalibrierung fehlt.</translation>
    </message>
    <message>
        <source>{0}: the same verdict on {1} of {2} crops ({3}), opposed verdicts on {4}.</source>
        <translation>{0}: derselbe Befund bei {1} von {2} Ausschnitten ({3}), gegensätzliche Befunde bei {4}.</translation>
    </message>
    <message>
        <source>{0}: no crop was scored by both.</source>
        <translation>{0}: Kein Ausschnitt wurde von beiden bewertet.</translation>
    </message>
    <message>
        <source>ρ {0}</source>
        <translation>ρ {0}</translation>
    </message>
</context>
<context>
    <name>AgreementRunner</name>
    <message>
        <source>The detectors could not be compared.</source>
        <translation>Die Detektoren konnten nicht verglichen werden.</translation>
    </message>
</context>
<context>
    <name>AgreementView</name>
    <message>
        <source>Agreement between the detectors</source>
        <translation>Übereinstimmung zwischen den Detektoren</translation>
    </message>
    <message>
        <source>No face has been scored yet.</source>
        <translation>Noch wurde kein Gesicht bewertet.</translation>
    </message>
    <message>
        <source>Share of crops on which both detectors give the same verdict; ρ: rank correlation of their raw scores; n: crops scored by both; opposed: one supports manipulation, the other authenticity.</source>
        <translation>Anteil der Ausschnitte mit demselben Befund beider Detektoren; ρ: Rangkorrelation ihrer Rohwerte; n: Ausschnitte, die beide bewertet haben; gegensätzlich: Der eine stützt Manipulation, der andere Echtheit.</translation>
    </message>
</context>
<context>
    <name>AnalysisPage</name>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>&amp;Faces scored</source>
        <translation>Bewertete G&amp;esichter</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>&amp;Rechengenauigkeit</translation>
    </message>
    <message>
        <source>&amp;Score of a track</source>
        <translation>&amp;Wert einer Spur</translation>
    </message>
    <message>
        <source>Applies to analyses started from now on; a report states what differs from the defaults.</source>
        <translation>Für Analysen, die ab jetzt begonnen werden; ein Bericht nennt, was von den Vorgaben abweicht.</translation>
    </message>
    <message>
        <source>D&amp;etectors</source>
        <translation>&amp;Detektoren</translation>
    </message>
    <message>
        <source>How many faces</source>
        <translation>Wie viele Gesichter</translation>
    </message>
    <message>
        <source>The devices could not be looked up because of an unexpected error.</source>
        <translation>Die Geräte konnten wegen eines unerwarteten Fehlers nicht nachgesehen werden.</translation>
    </message>
    <message>
        <source>Detectors used</source>
        <translation>Detektoren, die verwendet werden</translation>
    </message>
    <message>
        <source>Percentage</source>
        <translation>Prozentsatz</translation>
    </message>
    <message>
        <source>all installed</source>
        <translation>alle, die installiert sind</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>automatic (here: {0})</source>
        <translation>automatisch (hier: {0})</translation>
    </message>
    <message>
        <source>every N-th face of a track; N =</source>
        <translation>jedes N-te Gesicht einer Spur; N =</translation>
    </message>
    <message>
        <source>every face</source>
        <translation>jedes Gesicht</translation>
    </message>
    <message>
        <source>exact (float32)</source>
        <translation>genau (float32)</translation>
    </message>
    <message>
        <source>mean of its scores</source>
        <translation>Mittelwert ihrer Werte</translation>
    </message>
    <message>
        <source>mean of the highest N per cent; N =</source>
        <translation>Mittelwert der höchsten N Prozent; N =</translation>
    </message>
    <message>
        <source>median of its scores</source>
        <translation>Median ihrer Werte</translation>
    </message>
    <message>
        <source>processor (cpu)</source>
        <translation>Prozessor (cpu)</translation>
    </message>
    <message>
        <source>reduced: faster where the hardware allows, checked against exact</source>
        <translation>verringert: schneller, wo das Gerät es kann; gegen „genau“ geprüft</translation>
    </message>
    <message>
        <source>those shipped with the program</source>
        <translation>die mit dem Programm geliefert wurden</translation>
    </message>
    <message>
        <source>these:</source>
        <translation>diese:</translation>
    </message>
    <message>
        <source>up to N faces, evenly spread over each track; N =</source>
        <translation>bis zu N Gesichter, gleichmäßig über jede Spur verteilt; N =</translation>
    </message>
    <message>
        <source>{0} (not installed)</source>
        <translation>{0} (nicht installiert)</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>AnalysisProgress</name>
    <message>
        <source>&amp;Cancel</source>
        <translation>Abbre&amp;chen</translation>
    </message>
    <message>
        <source>Progress of the analysis</source>
        <translation>Fortschritt der Analyse</translation>
    </message>
    <message>
        <source>Stops the analysis and keeps what was found so far</source>
        <translation>Hält die Analyse an und behält, was bis dahin gefunden wurde</translation>
    </message>
    <message>
        <source>{0}: cancelling</source>
        <translation>{0}: wird abgebrochen</translation>
    </message>
    <message>
        <source>{0}: loading face finder and detectors</source>
        <translation>{0}: Gesichtsfinder und Detektoren werden geladen</translation>
    </message>
    <message>
        <source>{0}: starting</source>
        <translation>{0}: beginnt</translation>
    </message>
</context>
<context>
    <name>AnalysisRunner</name>
    <message>
        <source>The analysis of &apos;{0}&apos; met an unexpected error; what was found before is kept.</source>
        <translation>Bei der Analyse von „{0}“ trat ein unerwarteter Fehler auf; was vorher gefunden wurde, bleibt erhalten.</translation>
    </message>
</context>
<context>
    <name>AnswerTable</name>
    <message>
        <source>Calibrated probability of “forged”, where the detector has a calibration for this compression.</source>
        <translation>Kalibrierte Wahrscheinlichkeit für „gefälscht“, sofern der Detektor für diese Kompression kalibriert ist.</translation>
    </message>
    <message>
        <source>Detector</source>
        <translation>Detektor</translation>
    </message>
    <message>
        <source>Choose a line to look at its detector. The symbol before the name marks its curve below.</source>
        <translation>Eine Zeile wählen, um diesen Detektor zu betrachten. Das Zeichen vor dem Namen ist das seiner Kurve darunter.</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Wird berechnet</translation>
    </message>
    <message>
        <source>Flip point: the weakest compression from which the verdict differs from the one without further compression, and stays different. The farther it lies from the exhibit&apos;s own compression, the more robust the verdict.</source>
        <translation>Kipppunkt: die schwächste Kompression, ab der der Befund dauerhaft anders ist als ohne weitere Kompression. Je weiter er von der Kompression des Beweisstücks entfernt ist, desto standfester ist der Befund.</translation>
    </message>
    <message>
        <source>Flips at</source>
        <translation>Kippt</translation>
    </message>
    <message>
        <source>Prob.</source>
        <translation>Wahrsch.</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>Roh</translation>
    </message>
    <message>
        <source>Raw score on the detector&apos;s own scale; higher = more likely forged.</source>
        <translation>Rohwert auf der eigenen Skala des Detektors; höher = eher gefälscht.</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>What the detectors say at this level</source>
        <translation>Was die Detektoren bei dieser Stufe sagen</translation>
    </message>
    <message>
        <source>What this one crop would support at this level. The verdict on the track rests on many crops.</source>
        <translation>Was dieser eine Ausschnitt bei dieser Stufe stützen würde. Der Befund zur Spur beruht auf vielen Ausschnitten.</translation>
    </message>
    <message>
        <source>cannot answer</source>
        <translation>keine Antwort</translation>
    </message>
</context>
<context>
    <name>AttentionView</name>
    <message>
        <source>&amp;Overlaid</source>
        <translation>Überla&amp;gert</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>Neb&amp;eneinander</translation>
    </message>
    <message>
        <source>0 low</source>
        <translation>0 wenig</translation>
    </message>
    <message>
        <source>1 high</source>
        <translation>1 viel</translation>
    </message>
    <message>
        <source>All three are perceptually uniform: equal steps of attention look equally large, even printed in grey</source>
        <translation>Alle drei sind gleichmäßig: Gleiche Schritte der Aufmerksamkeit sehen gleich groß aus, auch im Graudruck</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Attention map</source>
        <translation>Aufmerksamkeitskarte</translation>
    </message>
    <message>
        <source>Attention map of {0}</source>
        <translation>Aufmerksamkeitskarte von {0}</translation>
    </message>
    <message>
        <source>Colours of the attention map</source>
        <translation>Farben der Aufmerksamkeitskarte</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Crop without a map</source>
        <translation>Ausschnitt, ohne Karte</translation>
    </message>
    <message>
        <source>Opacity of the attention map in per cent</source>
        <translation>Deckkraft der Aufmerksamkeitskarte in Prozent</translation>
    </message>
    <message>
        <source>The map shows which parts of the crop the detector weighted most. It does not show which pixels were forged: a detector looks somewhere even in real faces.</source>
        <translation>Die Karte zeigt, welche Teile des Ausschnitts der Detektor am stärksten gewichtet hat. Sie zeigt nicht, welche Pixel gefälscht sind: Auch in echten Gesichtern sieht ein Detektor irgendwo hin.</translation>
    </message>
    <message>
        <source>How much of the map covers the crop: 0 % shows the crop alone</source>
        <translation>Wie stark die Karte den Ausschnitt deckt: 0 % zeigt nur den Ausschnitt</translation>
    </message>
    <message>
        <source>Opac&amp;ity</source>
        <translation>Deckk&amp;raft</translation>
    </message>
    <message>
        <source>Raw score of {0} {1}</source>
        <translation>Rohwert von {0} {1}</translation>
    </message>
    <message>
        <source>Where the detector looked; not evidence of forgery.</source>
        <translation>Wohin der Detektor gesehen hat; kein Beleg für eine Fälschung.</translation>
    </message>
    <message>
        <source>the reason is not known</source>
        <translation>der Grund ist nicht bekannt</translation>
    </message>
    <message>
        <source>{0} has not scored this crop: {1}</source>
        <translation>{0} hat diesen Ausschnitt nicht bewertet: {1}</translation>
    </message>
</context>
<context>
    <name>BleachEffectTable</name>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>At the detector&apos;s threshold of “supports manipulation”: false alarms {0} → {1}, missed {2} → {3}.</source>
        <translation>An der Schwelle des Detektors für „stützt Manipulation“: Fehlalarme {0} → {1}, übersehen {2} → {3}.</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>Fehlalarme</translation>
    </message>
    <message>
        <source>Measured on {0} real and {1} forged crops, {2} ({3}):</source>
        <translation>Gemessen an {0} echten und {1} gefälschten Ausschnitten, {2} ({3}):</translation>
    </message>
    <message>
        <source>Missed forgeries</source>
        <translation>Übersehen</translation>
    </message>
    <message>
        <source>Share of all crops that the detector classifies correctly.</source>
        <translation>Anteil aller Ausschnitte, über die der Detektor richtig urteilt.</translation>
    </message>
    <message>
        <source>not recompressed</source>
        <translation>nicht neu komprimiert</translation>
    </message>
    <message>
        <source>Share of the crops of forged faces that the detector calls real.</source>
        <translation>Anteil der Ausschnitte gefälschter Gesichter, die der Detektor echt nennt.</translation>
    </message>
    <message>
        <source>Share of the crops of real faces that the detector calls forged.</source>
        <translation>Anteil der Ausschnitte echter Gesichter, die der Detektor gefälscht nennt.</translation>
    </message>
    <message>
        <source>With bleach</source>
        <translation>Mit Bleiche</translation>
    </message>
    <message>
        <source>Without bleach</source>
        <translation>Ohne Bleiche</translation>
    </message>
</context>
<context>
    <name>BleachView</name>
    <message>
        <source>&amp;Gain</source>
        <translation>&amp;Verstärkung</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>After: {0}</source>
        <translation>Nachher: {0}</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Before: {0}</source>
        <translation>Vorher: {0}</translation>
    </message>
    <message>
        <source>Bleach weights</source>
        <translation>Gewichte der Bleiche</translation>
    </message>
    <message>
        <source>Bleach × gain</source>
        <translation>Bleiche × Verstärkung</translation>
    </message>
    <message>
        <source>Bleach × {0}</source>
        <translation>Bleiche × {0}</translation>
    </message>
    <message>
        <source>Bleached crop</source>
        <translation>Gebleicht</translation>
    </message>
    <message>
        <source>Gain of the displayed bleach</source>
        <translation>Verstärkung der gezeigten Bleiche</translation>
    </message>
    <message>
        <source>Generating the bleach</source>
        <translation>Die Bleiche wird erzeugt</translation>
    </message>
    <message>
        <source>How many times the bleach is amplified for display, around mid grey. It changes no score.</source>
        <translation>Um wie viel stärker, als sie ist, die Bleiche um mittleres Grau gezeichnet wird. Kein Wert ändert sich dadurch.</translation>
    </message>
    <message>
        <source>How much of the bleach is added to the crop. 100 % is what the weights were trained for; a calibration, if any, holds for that alone.</source>
        <translation>Wie viel der Bleiche zum Ausschnitt addiert wird. Trainiert wurden die Gewichte für 100 %; nur dafür gilt eine Kalibrierung, wo es eine gibt.</translation>
    </message>
    <message>
        <source>Strength of the bleach in per cent of the trained strength</source>
        <translation>Stärke der Bleiche in Prozent der trainierten</translation>
    </message>
    <message>
        <source>The bleach comes from a generator trained to improve a detector&apos;s answers on strongly compressed crops. It also moves the scores of real faces: its false alarms are listed beside its gain.</source>
        <translation>Die Bleiche macht ein Generator, der trainiert wurde, einen Detektor bei stark komprimierten Ausschnitten zu besseren Antworten zu führen. Er bewegt auch die Werte echter Gesichter: Die Fehlalarme stehen neben dem Gewinn.</translation>
    </message>
    <message>
        <source>No bleach weights are installed.

A bleach is a faint picture that a generator adds to a compressed crop so that a detector answers better; here it is shown beside the crop, with the scores before and after.

To get the weights, import published ones in the model manager or with:
forensiclab models import FILE --method pixel_bleach --name NAME --before DETECTOR

Or train them:
python -m training train pixel_bleach --data DIR --set detector=DETECTOR</source>
        <translation>Es sind keine Gewichte einer Bleiche installiert.

Eine Bleiche ist ein schwaches Bild, das ein Generator zu einem komprimierten Ausschnitt addiert, damit ein Detektor besser antwortet; hier wird sie neben dem Ausschnitt gezeigt, mit den Werten vorher und nachher.

Veröffentlichte Gewichte lassen sich in der Modellverwaltung importieren oder mit:
forensiclab models import FILE --method pixel_bleach --name NAME --before DETECTOR

Oder trainieren:
python -m training train pixel_bleach --data DIR --set detector=DETECTOR</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Raw score</source>
        <translation>Rohwert</translation>
    </message>
    <message>
        <source>S&amp;trength</source>
        <translation>&amp;Stärke</translation>
    </message>
    <message>
        <source>Shows how far the score can be moved, not what the face looked like.</source>
        <translation>Zeigt, wie weit sich der Wert bewegen lässt, nicht, wie das Gesicht aussah.</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Befund</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>&amp;Side by side</source>
        <translation>Neb&amp;eneinander</translation>
    </message>
    <message>
        <source>A&amp;greement</source>
        <translation>Übereinsti&amp;mmung</translation>
    </message>
    <message>
        <source>How far each pair of the detectors shown agrees, crop by crop</source>
        <translation>Wie weit je zwei der gezeigten Detektoren übereinstimmen, Ausschnitt für Ausschnitt</translation>
    </message>
    <message>
        <source>No face was scored in this exhibit, so there is nothing to compare.</source>
        <translation>In diesem Beweisstück wurde kein Gesicht bewertet; es gibt nichts zu vergleichen.</translation>
    </message>
    <message>
        <source>Open a video or a picture: its detectors are compared here.</source>
        <translation>Ein Video oder ein Bild öffnen: Seine Detektoren werden hier verglichen.</translation>
    </message>
    <message>
        <source>The agreement is being computed.</source>
        <translation>Die Übereinstimmung wird berechnet.</translation>
    </message>
    <message>
        <source>The agreement is computed as soon as a track has ended.</source>
        <translation>Die Übereinstimmung wird berechnet, sobald eine Spur geendet hat.</translation>
    </message>
    <message>
        <source>The detectors are compared as soon as the first face is scored.</source>
        <translation>Die Detektoren werden verglichen, sobald das erste Gesicht bewertet ist.</translation>
    </message>
    <message>
        <source>With one detector there is nothing to compare.</source>
        <translation>Mit einem Detektor gibt es nichts zu vergleichen.</translation>
    </message>
    <message>
        <source>the whole video</source>
        <translation>das ganze Video</translation>
    </message>
</context>
<context>
    <name>ComparisonChoices</name>
    <message>
        <source>&amp;Compare on</source>
        <translation>Z&amp;u vergleichen</translation>
    </message>
    <message>
        <source>&amp;Order</source>
        <translation>Re&amp;ihenfolge</translation>
    </message>
    <message>
        <source>Show &amp;all</source>
        <translation>Alle &amp;zeigen</translation>
    </message>
    <message>
        <source>Highest first; hidden detectors come last</source>
        <translation>Höchste zuerst; verborgene Detektoren kommen zuletzt</translation>
    </message>
    <message>
        <source>Order of the detectors</source>
        <translation>Reihenfolge der Detektoren</translation>
    </message>
    <message>
        <source>Show every detector of this exhibit again, in every panel</source>
        <translation>Jeden Detektor dieses Beweisstücks wieder zeigen, in allen Teilen des Fensters</translation>
    </message>
    <message>
        <source>as analysed</source>
        <translation>wie analysiert</translation>
    </message>
    <message>
        <source>by name</source>
        <translation>nach Name</translation>
    </message>
    <message>
        <source>by probability</source>
        <translation>nach Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>by raw score</source>
        <translation>nach Rohwert</translation>
    </message>
</context>
<context>
    <name>ComparisonModel</name>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Attention
at {0}</source>
        <translation>Aufmerksamkeit
bei {0}</translation>
    </message>
    <message>
        <source>Calibrated on held-out data, where there is a calibration for this compression.</source>
        <translation>An zurückgehaltenen Daten kalibriert, sofern es für diese Kompression eine Kalibrierung gibt.</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Crops scored</source>
        <translation>Bewertete Ausschnitte</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>Fehlalarme</translation>
    </message>
    <message>
        <source>Flips at
(one crop)</source>
        <translation>Kippt bei
(ein Ausschnitt)</translation>
    </message>
    <message>
        <source>Open the card…</source>
        <translation>Karte öffnen…</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Ran on</source>
        <translation>Lief auf</translation>
    </message>
    <message>
        <source>Raw score</source>
        <translation>Rohwert</translation>
    </message>
    <message>
        <source>Reasons</source>
        <translation>Gründe</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Gezeigt</translation>
    </message>
    <message>
        <source>The band of compression whose calibration was used.</source>
        <translation>Das Kompressionsband, dessen Kalibrierung verwendet wurde.</translation>
    </message>
    <message>
        <source>{0} so far</source>
        <translation>bis jetzt {0}</translation>
    </message>
    <message>
        <source>Threshold for manipulation: probability {0}; for authenticity: {1}. Fitted on {2} real and {3} forged crops at {4}.</source>
        <translation>Schwelle für Manipulation: Wahrscheinlichkeit {0}; für Echtheit: {1}. Angepasst an {2} echten und {3} gefälschten Ausschnitten bei {4}.</translation>
    </message>
    <message>
        <source>Device and precision; others may shift scores slightly.</source>
        <translation>Gerät und Rechengenauigkeit; andere können Werte ein wenig verschieben.</translation>
    </message>
    <message>
        <source>Measured share of real crops of the calibration set that also reach the threshold.</source>
        <translation>Gemessener Anteil echter Ausschnitte der Kalibrierdaten, die die Schwelle ebenfalls erreichen.</translation>
    </message>
    <message>
        <source>On the detector&apos;s own scale, higher = more likely forged; not comparable between detectors.</source>
        <translation>Auf der eigenen Skala des Detektors, höher = eher gefälscht; mit anderen nicht vergleichbar.</translation>
    </message>
    <message>
        <source>The weakest further compression that changes the verdict on the crop in the inspector.</source>
        <translation>Die schwächste weitere Kompression, die den Befund zum Ausschnitt im Inspektor ändert.</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Where the detector looked in the crop nearest to the player; not evidence of forgery.</source>
        <translation>Wohin der Detektor in dem Ausschnitt gesehen hat, der dem gezeigten Einzelbild am nächsten liegt; kein Beleg für eine Fälschung.</translation>
    </message>
    <message>
        <source>Whether the window shows this detector; it stays part of the result.</source>
        <translation>Ob das Fenster diesen Detektor zeigt; Teil des Ergebnisses bleibt er.</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>verborgen</translation>
    </message>
    <message>
        <source>no map</source>
        <translation>keine Karte</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>gezeigt</translation>
    </message>
    <message>
        <source>{0} of {1} real crops</source>
        <translation>{0} von {1} echten Ausschnitten</translation>
    </message>
</context>
<context>
    <name>ComparisonTable</name>
    <message>
        <source>Detectors side by side, one column each</source>
        <translation>Detektoren nebeneinander, je eine Spalte</translation>
    </message>
</context>
<context>
    <name>CompressionView</name>
    <message>
        <source>As in the exhibit</source>
        <translation>Wie im Beweisstück</translation>
    </message>
    <message>
        <source>{0}, {1} follows</source>
        <translation>{0}, {1} folgt</translation>
    </message>
    <message>
        <source>QP {0}</source>
        <translation>QP {0}</translation>
    </message>
    <message>
        <source>The crop could not be compressed.</source>
        <translation>Der Ausschnitt konnte nicht komprimiert werden.</translation>
    </message>
    <message>
        <source>What each detector says about this crop as compression increases. “–” is the crop as in the exhibit. A large symbol marks a flip point; the label above names its detector. Click to choose a level.</source>
        <translation>Was jeder Detektor über diesen Ausschnitt sagt, während die Kompression zunimmt. „–“ ist der Ausschnitt, wie er im Beweisstück ist. Ein großes Zeichen markiert einen Kipppunkt; wessen, steht darüber. Ein Klick zeigt eine Stufe.</translation>
    </message>
</context>
<context>
    <name>ConflictBanner</name>
    <message>
        <source>Contradiction between detectors</source>
        <translation>Widerspruch zwischen Detektoren</translation>
    </message>
    <message>
        <source>Supports authenticity: {0}</source>
        <translation>Stützt Echtheit: {0}</translation>
    </message>
    <message>
        <source>Supports manipulation: {0}</source>
        <translation>Stützt Manipulation: {0}</translation>
    </message>
    <message>
        <source>The detectors contradict each other about {0}.</source>
        <translation>Die Detektoren widersprechen einander bei: {0}.</translation>
    </message>
    <message>
        <source>Tracks with a contradiction: {0}.</source>
        <translation>Spuren mit Widerspruch: {0}.</translation>
    </message>
</context>
<context>
    <name>CropModel</name>
    <message>
        <source>Face {0} px</source>
        <translation>Gesicht {0} px</translation>
    </message>
    <message>
        <source>Picture type {0}</source>
        <translation>Bildtyp {0}</translation>
    </message>
    <message>
        <source>QP under the face {0}</source>
        <translation>QP unter dem Gesicht {0}</translation>
    </message>
    <message>
        <source>Raw score {0}</source>
        <translation>Rohwert {0}</translation>
    </message>
    <message>
        <source>Time {0}, frame {1}</source>
        <translation>Zeit {0}, Einzelbild {1}</translation>
    </message>
</context>
<context>
    <name>CropPane</name>
    <message>
        <source>generated pixels – not evidence</source>
        <translation>erzeugte Pixel – kein Beweismittel</translation>
    </message>
</context>
<context>
    <name>CropStrip</name>
    <message>
        <source>Crops</source>
        <translation>Ausschnitte</translation>
    </message>
    <message>
        <source>No crop has been scored.</source>
        <translation>Kein Ausschnitt wurde bewertet.</translation>
    </message>
    <message>
        <source>{0} crops</source>
        <translation>{0} Ausschnitte</translation>
    </message>
</context>
<context>
    <name>CurveControls</name>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Raw score</source>
        <translation>Rohwert</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stopped after {0} of {1} scores</source>
        <translation>Angehalten nach {0} von {1} Werten</translation>
    </message>
    <message>
        <source>Stops computing the curves, or continues</source>
        <translation>Hält die Berechnung der Kurven an oder setzt sie fort</translation>
    </message>
    <message>
        <source>What the curves show</source>
        <translation>Was die Kurven zeigen</translation>
    </message>
    <message>
        <source>{0} of {1} scores</source>
        <translation>{0} von {1} Werten</translation>
    </message>
</context>
<context>
    <name>DockTitle</name>
    <message>
        <source>Close {0}</source>
        <translation>{0} schließen</translation>
    </message>
    <message>
        <source>Detach {0} as a separate window</source>
        <translation>{0} als eigenes Fenster zeigen</translation>
    </message>
    <message>
        <source>Dock {0} in the window again</source>
        <translation>{0} wieder ins Fenster einfügen</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>&amp;Open files…</source>
        <translation>Dateien ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Ctrl+O opens files, Ctrl+Shift+O a folder, F1 shows all shortcuts.</source>
        <translation>Strg+O öffnet Dateien, Strg+Umschalt+O einen Ordner, F1 zeigt alle Tasten.</translation>
    </message>
    <message>
        <source>Drop videos, pictures or a folder here</source>
        <translation>Videos, Bilder oder einen Ordner hier ablegen</translation>
    </message>
    <message>
        <source>ForensicLab finds the faces, scores them with every detector that has weights,
shows where each detector looked, and says what the evidence supports.

Everything stays on this computer. The files are only read, never changed.</source>
        <translation>ForensicLab findet die Gesichter, bewertet sie mit jedem Detektor, der Gewichte hat,
zeigt, wohin jeder Detektor gesehen hat, und sagt, was die Werte stützen.

Alles bleibt auf diesem Rechner. Die Dateien werden nur gelesen, nie verändert.</translation>
    </message>
    <message>
        <source>Open a &amp;folder…</source>
        <translation>&amp;Ordner öffnen…</translation>
    </message>
</context>
<context>
    <name>EvidenceCommands</name>
    <message>
        <source>&apos;{0}&apos; was removed from the list; the file itself is untouched. Ctrl+Z brings it back.</source>
        <translation>„{0}“ wurde von der Liste genommen; die Datei selbst bleibt unberührt. Strg+Z holt es zurück.</translation>
    </message>
    <message>
        <source>The exhibit is in &apos;{0}&apos;.</source>
        <translation>Das Beweisstück liegt in „{0}“.</translation>
    </message>
    <message>
        <source>{0} exhibits were removed from the list; their files are untouched. Ctrl+Z brings them back.</source>
        <translation>{0} Beweisstücke wurden von der Liste genommen; keine Datei wird berührt. Strg+Z holt sie zurück.</translation>
    </message>
</context>
<context>
    <name>EvidenceList</name>
    <message>
        <source>Exhibits by state</source>
        <translation>Beweisstücke nach Zustand</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <source>Open every video and picture in a folder (Ctrl+Shift+O)</source>
        <translation>Jedes Video und Bild eines Ordners öffnen (Strg+Umschalt+O)</translation>
    </message>
    <message>
        <source>Open videos or pictures (Ctrl+O)</source>
        <translation>Videos oder Bilder öffnen (Strg+O)</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Sort exhibits by</source>
        <translation>Beweisstücke sortieren nach</translation>
    </message>
    <message>
        <source>as added</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>by name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>by state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>by verdict</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>{0} cancelled</source>
        <translation>{0} abgebrochen</translation>
    </message>
    <message>
        <source>{0} done</source>
        <translation>{0} fertig</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} fehlgeschlagen</translation>
    </message>
    <message>
        <source>{0} running</source>
        <translation>{0} läuft</translation>
    </message>
    <message>
        <source>{0} waiting</source>
        <translation>{0} wartend</translation>
    </message>
</context>
<context>
    <name>EvidenceModel</name>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>cancelled: {0} so far</source>
        <translation>abgebrochen: {0} bis dahin</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>failed: {0}</source>
        <translation>fehlgeschlagen: {0}</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>noch nicht gelesen</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>running, {0} %</source>
        <translation>läuft, {0} %</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>waiting, number {0}</source>
        <translation>wartet, Nummer {0}</translation>
    </message>
    <message>
        <source>{0} bytes</source>
        <translation>{0} Byte</translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>Crops of the track, by time</source>
        <translation>Ausschnitte der Spur, nach Zeit</translation>
    </message>
</context>
<context>
    <name>FrameActions</name>
    <message>
        <source>&apos;{0}&apos; already exists; choose another name for the picture.</source>
        <translation>„{0}“ gibt es schon; einen anderen Namen für das Bild wählen.</translation>
    </message>
    <message>
        <source>PNG picture (*.png)</source>
        <translation>PNG-Bild (*.png)</translation>
    </message>
    <message>
        <source>Save the frame</source>
        <translation>Einzelbild speichern</translation>
    </message>
    <message>
        <source>The frame at {0} is on the clipboard ({1} × {2} pixels).</source>
        <translation>Das Einzelbild bei {0} ist in der Zwischenablage ({1} × {2} Pixel).</translation>
    </message>
    <message>
        <source>The frame at {0} is saved: &apos;{1}&apos;.</source>
        <translation>Das Einzelbild bei {0} ist gespeichert: „{1}“.</translation>
    </message>
</context>
<context>
    <name>FrameFetcher</name>
    <message>
        <source>The exhibit cannot be shown because of an unexpected error.</source>
        <translation>Das Beweisstück kann wegen eines unerwarteten Fehlers nicht gezeigt werden.</translation>
    </message>
</context>
<context>
    <name>FrameFile</name>
    <message>
        <source>&apos;{0}&apos; is the examined file itself; choose another name for the picture.</source>
        <translation>„{0}“ ist die untersuchte Datei selbst; einen anderen Namen für das Bild wählen.</translation>
    </message>
    <message>
        <source>The picture &apos;{0}&apos; was not written: {1}. Choose another folder or name.</source>
        <translation>Das Bild „{0}“ wurde nicht geschrieben: {1}. Einen anderen Ordner oder Namen wählen.</translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message>
        <source>Frame</source>
        <translation>Einzelbild</translation>
    </message>
    <message>
        <source>No face in this frame</source>
        <translation>Kein Gesicht in diesem Einzelbild</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>&amp;Browse…</source>
        <translation>D&amp;urchsuchen…</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>&amp;Importieren</translation>
    </message>
    <message>
        <source>&amp;Licence</source>
        <translation>&amp;Lizenz</translation>
    </message>
    <message>
        <source>&amp;Method</source>
        <translation>&amp;Methode</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Source</source>
        <translation>&amp;Quelle</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Import weights</source>
        <translation>Gewichte importieren</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>A safetensors file (or a Keras .h5 file of MesoNet) whose tensors fit the method. Files that can carry code (.pt, .pth, pickles) are refused; convert them to safetensors first. The weights are copied into your own folder; the file is not changed.</source>
        <translation>Eine safetensors-Datei (oder eine Keras-.h5-Datei von MesoNet), deren Tensoren zur Methode passen. Dateien, die Code enthalten können (.pt, .pth, Pickles), werden abgelehnt; sie sind vorher in safetensors umzuwandeln. Die Gewichte werden in Ihren eigenen Ordner kopiert, und die Datei bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>The installed detector that these weights were trained with; they work with it alone</source>
        <translation>Der installierte Detektor, mit dem diese Gewichte trainiert wurden und mit dem allein sie arbeiten</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; could not be looked up because of an unexpected error.</source>
        <translation>Die Methode „{0}“ konnte wegen eines unerwarteten Fehlers nicht nachgesehen werden.</translation>
    </message>
    <message>
        <source>The weights are being imported</source>
        <translation>Die Gewichte werden importiert</translation>
    </message>
    <message>
        <source>The weights could not be imported because of an unexpected error.</source>
        <translation>Die Gewichte konnten wegen eines unerwarteten Fehlers nicht importiert werden.</translation>
    </message>
    <message>
        <source>Used wi&amp;th</source>
        <translation>Gehört &amp;zu</translation>
    </message>
    <message>
        <source>Weights (*.safetensors *.h5 *.hdf5 *.keras);;All files (*)</source>
        <translation>Gewichte (*.safetensors *.h5 *.hdf5 *.keras);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Weights to import</source>
        <translation>Zu importierende Gewichte</translation>
    </message>
    <message>
        <source>a-z, 0-9, “_”, “-” and “.”</source>
        <translation>a-z, 0-9, „_“, „-“ und „.“</translation>
    </message>
    <message>
        <source>of the weights, for the card</source>
        <translation>der Gewichte, für die Karte</translation>
    </message>
    <message>
        <source>where the file comes from, for the card</source>
        <translation>woher die Datei stammt, für die Karte</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Detector</source>
        <translation>Detektor</translation>
    </message>
    <message>
        <source>QP is the quantisation measured in the bitstream under the face: the higher, the more detail was removed. Picture types: I stands alone, P and B are predicted from others.</source>
        <translation>QP ist die Quantisierung, die im Bitstrom unter dem Gesicht gemessen wurde: Je höher, desto mehr Detail ging verloren. Bildtypen: I steht für sich, P und B werden aus anderen vorhergesagt.</translation>
    </message>
    <message>
        <source>Selected crop</source>
        <translation>Gewählter Ausschnitt</translation>
    </message>
    <message>
        <source>The detector shown in every view</source>
        <translation>Der Detektor, der in jeder Ansicht betrachtet wird</translation>
    </message>
    <message>
        <source>Track</source>
        <translation>Spur</translation>
    </message>
</context>
<context>
    <name>InspectorTabs</name>
    <message>
        <source>&amp;Bleach</source>
        <translation>B&amp;leiche</translation>
    </message>
    <message>
        <source>Attentio&amp;n</source>
        <translation>Aufmerksamkei&amp;t</translation>
    </message>
    <message>
        <source>Co&amp;mpression</source>
        <translation>&amp;Kompression</translation>
    </message>
    <message>
        <source>Fre&amp;quency</source>
        <translation>Fre&amp;quenz</translation>
    </message>
    <message>
        <source>How much fine detail the crop has, compared with what is usual in real faces.</source>
        <translation>Wie viel feines Detail der Ausschnitt hat, neben dem, was in echten Gesichtern üblich ist.</translation>
    </message>
    <message>
        <source>How the scores change as the crop is recompressed, and where verdicts flip.</source>
        <translation>Wie sich die Antworten ändern, wenn der Ausschnitt neu komprimiert wird, und wo Befunde kippen.</translation>
    </message>
    <message>
        <source>What a generator adds to improve a detector&apos;s answers. Generated pixels, never evidence.</source>
        <translation>Was ein Generator hinzufügt, um einen Detektor zu besseren Antworten zu führen. Erzeugte Pixel, nie ein Beweismittel.</translation>
    </message>
    <message>
        <source>Where the detector looked. An attention map is not evidence of forgery.</source>
        <translation>Wohin der Detektor gesehen hat. Eine Aufmerksamkeitskarte ist kein Beleg für eine Fälschung.</translation>
    </message>
</context>
<context>
    <name>LevelChooser</name>
    <message>
        <source>Codec</source>
        <translation>Codec</translation>
    </message>
    <message>
        <source>CRF is the encoder&apos;s setting: 0 = almost lossless, 23 = usual, 51 = strongest. QP is what is measured in the bitstream afterwards.</source>
        <translation>CRF ist, was vom Encoder verlangt wird: 0 = kaum Verlust, 23 = üblich, 51 = am stärksten. QP ist, was danach im Bitstrom gemessen wird.</translation>
    </message>
    <message>
        <source>Quality is the encoder&apos;s setting: 100 = weakest compression, 5 = very strong.</source>
        <translation>Qualität ist, was vom Encoder verlangt wird: 100 = schwächste Kompression, 5 = sehr starke.</translation>
    </message>
    <message>
        <source>Strength of the compression</source>
        <translation>Stärke der Kompression</translation>
    </message>
    <message>
        <source>quality 100 </source>
        <translation>Qualität 100 </translation>
    </message>
</context>
<context>
    <name>LevelCurves</name>
    <message>
        <source>CRF → stronger</source>
        <translation>CRF → stärker</translation>
    </message>
    <message>
        <source>Quality → stronger</source>
        <translation>Qualität → stärker</translation>
    </message>
    <message>
        <source>Scores against the strength of compression, one curve per detector</source>
        <translation>Werte über der Stärke der Kompression, eine Kurve je Detektor</translation>
    </message>
    <message>
        <source>Where verdicts flip</source>
        <translation>Wo Befunde kippen</translation>
    </message>
    <message>
        <source>flips</source>
        <translation>kippt</translation>
    </message>
</context>
<context>
    <name>LogViewer</name>
    <message>
        <source>&amp;Save…</source>
        <translation>&amp;Speichern…</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>C&amp;lear</source>
        <translation>&amp;Leeren</translation>
    </message>
    <message>
        <source>C&amp;opy all</source>
        <translation>Alles &amp;kopieren</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Lines of the log</source>
        <translation>Zeilen des Protokolls</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Nothing has been logged.</source>
        <translation>Es wurde nichts aufgezeichnet.</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Protokoll speichern</translation>
    </message>
    <message>
        <source>The log was not saved to &apos;{0}&apos;: {1}.</source>
        <translation>Das Protokoll wurde nicht in „{0}“ gespeichert: {1}.</translation>
    </message>
    <message>
        <source>The log was saved to &apos;{0}&apos;.</source>
        <translation>Das Protokoll wurde in „{0}“ gespeichert.</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beweismittel</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>{0} – ForensicLab</source>
        <translation>{0} – ForensicLab</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;About ForensicLab</source>
        <translation>&amp;Über ForensicLab</translation>
    </message>
    <message>
        <source>&amp;Analyse again</source>
        <translation>&amp;Erneut analysieren</translation>
    </message>
    <message>
        <source>&amp;Analysis</source>
        <translation>&amp;Analyse</translation>
    </message>
    <message>
        <source>&amp;Cancel the analysis</source>
        <translation>Analyse &amp;abbrechen</translation>
    </message>
    <message>
        <source>&amp;Close exhibit</source>
        <translation>Beweisstück &amp;schließen</translation>
    </message>
    <message>
        <source>&amp;Copy the frame</source>
        <translation>Einzelbild &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;100 % (actual pixels)</source>
        <translation>&amp;100 %: Pixel auf Pixel</translation>
    </message>
    <message>
        <source>&amp;Bring back removed exhibits</source>
        <translation>Entferntes &amp;zurückholen</translation>
    </message>
    <message>
        <source>&amp;Cancel the running analysis</source>
        <translation>&amp;Laufendes abbrechen</translation>
    </message>
    <message>
        <source>&amp;Detectors</source>
        <translation>&amp;Detektoren</translation>
    </message>
    <message>
        <source>&amp;Earlier in the queue</source>
        <translation>&amp;Früher in der Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Evidence</source>
        <translation>&amp;Beweismittel</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>Voll&amp;bild</translation>
    </message>
    <message>
        <source>&amp;Go to a time…</source>
        <translation>Zu einer Zei&amp;t gehen…</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Log…</source>
        <translation>&amp;Protokoll…</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>&amp;Modelle…</translation>
    </message>
    <message>
        <source>&amp;Next exhibit</source>
        <translation>&amp;Nächstes Beweisstück</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>&amp;Previous exhibit</source>
        <translation>&amp;Voriges Beweisstück</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>Bee&amp;nden</translation>
    </message>
    <message>
        <source>&amp;Remove from the list (keeps the file)</source>
        <translation>Von der Liste &amp;nehmen (die Datei bleibt)</translation>
    </message>
    <message>
        <source>&amp;Show in folder</source>
        <translation>Im &amp;Ordner zeigen</translation>
    </message>
    <message>
        <source>Analyse a&amp;ll unfinished</source>
        <translation>A&amp;lle offenen analysieren</translation>
    </message>
    <message>
        <source>Timeline, when focused</source>
        <translation>Zeitleiste, wenn sie den Fokus hat</translation>
    </message>
    <message>
        <source>&amp;Slower; while paused, one frame back</source>
        <translation>&amp;Langsamer; in der Pause ein Einzelbild zurück</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>&amp;Whole exhibit instead of the range</source>
        <translation>Ganzes &amp;Beweisstück statt des Bereichs</translation>
    </message>
    <message>
        <source>Begin or end the range at the playhead</source>
        <translation>Bereich an der Abspielposition beginnen oder beenden</translation>
    </message>
    <message>
        <source>Compare &amp;with</source>
        <translation>&amp;Vergleichen mit</translation>
    </message>
    <message>
        <source>Copy S&amp;HA-256</source>
        <translation>SHA-256 &amp;kopieren</translation>
    </message>
    <message>
        <source>Fi&amp;t the frame</source>
        <translation>Einzelbild &amp;einpassen</translation>
    </message>
    <message>
        <source>La&amp;ter in the queue</source>
        <translation>S&amp;päter in der Warteschlange</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>Ein Einzelbild &amp;zurück</translation>
    </message>
    <message>
        <source>One frame &amp;forward</source>
        <translation>Ein Einzelbild &amp;vor</translation>
    </message>
    <message>
        <source>One frame back or forward</source>
        <translation>Ein Einzelbild zurück oder vor</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>&amp;Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>P&amp;anels</source>
        <translation>Be&amp;reiche</translation>
    </message>
    <message>
        <source>Pa&amp;use</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Play; while playing, f&amp;aster</source>
        <translation>Wiedergabe; währenddessen &amp;schneller</translation>
    </message>
    <message>
        <source>Previous or next track</source>
        <translation>Vorige oder nächste Spur</translation>
    </message>
    <message>
        <source>R&amp;eport…</source>
        <translation>&amp;Bericht…</translation>
    </message>
    <message>
        <source>Restore &amp;layout</source>
        <translation>&amp;Anordnung wiederherstellen</translation>
    </message>
    <message>
        <source>Sa&amp;ve the frame…</source>
        <translation>Einzelbild sp&amp;eichern…</translation>
    </message>
    <message>
        <source>Select a range</source>
        <translation>Einen Bereich wählen</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Umschalt+Ziehen</translation>
    </message>
    <message>
        <source>Show or hide a detector</source>
        <translation>Einen Detektor zeigen oder verbergen</translation>
    </message>
    <message>
        <source>To the &amp;front of the queue</source>
        <translation>An die &amp;Spitze der Warteschlange</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Zoom in or out</source>
        <translation>Vergrößern oder verkleinern</translation>
    </message>
    <message>
        <source>{0} to the front</source>
        <translation>{0} nach vorn</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Messages</source>
        <translation>Meldungen</translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren…</translation>
    </message>
    <message>
        <source>&amp;Verify</source>
        <translation>&amp;Prüfen</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is installed. It is not calibrated, so it gives raw scores but no probability.</source>
        <translation>„{0}“ ist installiert. Es ist nicht kalibriert und gibt daher Rohwerte und keine Wahrscheinlichkeit.</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Check the hash, the card and the shapes of these weights</source>
        <translation>Prüfsumme, Karte und Formen dieser Gewichte prüfen</translation>
    </message>
    <message>
        <source>DAMAGED</source>
        <translation>BESCHÄDIGT</translation>
    </message>
    <message>
        <source>Installed weights</source>
        <translation>Installierte Gewichte</translation>
    </message>
    <message>
        <source>Looking it up…</source>
        <translation>Wird nachgesehen…</translation>
    </message>
    <message>
        <source>Methods without weights</source>
        <translation>Methoden ohne Gewichte</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; could not be looked up because of an unexpected error.</source>
        <translation>Die Methode „{0}“ konnte wegen eines unerwarteten Fehlers nicht nachgesehen werden.</translation>
    </message>
    <message>
        <source>The weights could not be checked because of an unexpected error.</source>
        <translation>Die Gewichte konnten wegen eines unerwarteten Fehlers nicht geprüft werden.</translation>
    </message>
    <message>
        <source>Verify &amp;all</source>
        <translation>&amp;Alle prüfen</translation>
    </message>
    <message>
        <source>Weights and methods</source>
        <translation>Gewichte und Methoden</translation>
    </message>
    <message>
        <source>Weights are being checked</source>
        <translation>Gewichte werden geprüft</translation>
    </message>
    <message>
        <source>Weights are safetensors files with a card; they are checked before every use.</source>
        <translation>Gewichte sind safetensors-Dateien mit einer Karte; sie werden vor jeder Verwendung geprüft.</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>kalibriert</translation>
    </message>
    <message>
        <source>damaged card</source>
        <translation>Karte beschädigt</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>intact</source>
        <translation>unversehrt</translation>
    </message>
    <message>
        <source>no weights</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>nicht kalibriert</translation>
    </message>
    <message>
        <source>shipped</source>
        <translation>mitgeliefert</translation>
    </message>
</context>
<context>
    <name>MoreDetectors</name>
    <message>
        <source>Copy the command that imports weights</source>
        <translation>Befehl zum Importieren von Gewichten kopieren</translation>
    </message>
    <message>
        <source>Choose it among the detectors to run, then analyse again.</source>
        <translation>Unter den auszuführenden Detektoren wählen und erneut analysieren.</translation>
    </message>
    <message>
        <source>Detectors without a column here, and how to add them</source>
        <translation>Detektoren, die hier keine Spalte haben, und wie man sie bekommt</translation>
    </message>
    <message>
        <source>Import published weights of such a method under “Models…” or on the command line, or train it. Choose one to read about it and how to get its weights.</source>
        <translation>Veröffentlichte Gewichte eines solchen Verfahrens lassen sich unter „Modelle…“ oder auf der Kommandozeile importieren; ein Verfahren kann auch trainiert werden. Wählen Sie eines, um darüber zu lesen und zu erfahren, wie man an seine Gewichte kommt.</translation>
    </message>
    <message>
        <source>Import: {0}
Train: {1}</source>
        <translation>Importieren: {0}
Trainieren: {1}</translation>
    </message>
    <message>
        <source>Installed, not part of this analysis</source>
        <translation>Installiert, nicht Teil dieser Analyse</translation>
    </message>
    <message>
        <source>Methods without weights here</source>
        <translation>Methoden ohne Gewichte</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>Modelle…</translation>
    </message>
    <message>
        <source>More detectors</source>
        <translation>Weitere Detektoren</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>&amp;Forget these</source>
        <translation>Diese &amp;vergessen</translation>
    </message>
    <message>
        <source>Open every video and picture in a folder</source>
        <translation>Jedes Video und Bild eines Ordners öffnen</translation>
    </message>
    <message>
        <source>Open videos or pictures</source>
        <translation>Videos oder Bilder öffnen</translation>
    </message>
    <message>
        <source>The folder &apos;{0}&apos; could not be searched because of an unexpected error.</source>
        <translation>Der Ordner „{0}“ konnte wegen eines unerwarteten Fehlers nicht durchsucht werden.</translation>
    </message>
    <message>
        <source>{0} files in &apos;{1}&apos; are companion files made by macOS; they contain no picture.</source>
        <translation>{0} Dateien in „{1}“ sind Begleitdateien von macOS; sie enthalten kein Bild.</translation>
    </message>
    <message>
        <source>{0} files in &apos;{1}&apos; are not videos or pictures by their names and were left out; open them one by one if they are.</source>
        <translation>{0} Dateien in „{1}“ sind ihren Namen nach keine Videos oder Bilder und wurden ausgelassen; sind sie es doch, lassen sie sich einzeln öffnen.</translation>
    </message>
</context>
<context>
    <name>PairModel</name>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
</context>
<context>
    <name>PairWindow</name>
    <message>
        <source>Raw scores are comparable only within one detector, and only at the same compression.</source>
        <translation>Rohwerte lassen sich nur innerhalb eines Detektors vergleichen, und nur bei gleicher Kompression.</translation>
    </message>
    <message>
        <source>The two exhibits, line by line</source>
        <translation>Die beiden Beweisstücke, Zeile für Zeile</translation>
    </message>
    <message>
        <source>{0} beside {1}</source>
        <translation>{0} neben {1}</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>The exhibit ends at {0}, its last frame.</source>
        <translation>Das Beweisstück endet bei {0}, seinem letzten Einzelbild.</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>&amp;Fit the frame</source>
        <translation>Einzelbild &amp;einpassen</translation>
    </message>
    <message>
        <source>&amp;Copy the frame</source>
        <translation>Einzelbild k&amp;opieren</translation>
    </message>
    <message>
        <source>&amp;100 % (actual pixels)</source>
        <translation>&amp;100 %: Pixel auf Pixel</translation>
    </message>
    <message>
        <source>&amp;Save the frame…</source>
        <translation>Einzelbild &amp;speichern…</translation>
    </message>
    <message>
        <source>End of the exhibit</source>
        <translation>Ende des Beweisstücks</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Eingepasst</translation>
    </message>
    <message>
        <source>Frame, zoom: {0}</source>
        <translation>Einzelbild, Zoom: {0}</translation>
    </message>
    <message>
        <source>Loop the range</source>
        <translation>Bereich wiederholen</translation>
    </message>
    <message>
        <source>Loop the range {0}</source>
        <translation>Bereich {0} wiederholen</translation>
    </message>
    <message>
        <source>Loop the range: drag one on the timeline first</source>
        <translation>Bereich wiederholen: erst einen auf der Zeitleiste ziehen</translation>
    </message>
    <message>
        <source>One frame back (,)</source>
        <translation>Ein Einzelbild zurück (,)</translation>
    </message>
    <message>
        <source>One frame forward (.)</source>
        <translation>Ein Einzelbild vor (.)</translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation>Wiedergabe oder Pause (Leertaste)</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Position (Home: first frame, End: last frame)</source>
        <translation>Position (Pos1: erstes Einzelbild, Ende: letztes Einzelbild)</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed (J: slower, K: pause, L: play or faster)</source>
        <translation>Tempo (J: langsamer, K: Pause, L: Wiedergabe oder schneller)</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Zoom: {0}. Zoom, copy or save the frame</source>
        <translation>Zoom: {0}. Das Einzelbild vergrößern, kopieren oder speichern</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>&amp;Analysis</source>
        <translation>&amp;Analyse</translation>
    </message>
    <message>
        <source>&amp;Thresholds</source>
        <translation>&amp;Schwellen</translation>
    </message>
    <message>
        <source>&amp;Window and reports</source>
        <translation>&amp;Fenster und Berichte</translation>
    </message>
    <message>
        <source>Saved in {0}; the command line uses them as its defaults.</source>
        <translation>Gespeichert in {0}; die Befehlszeile nimmt sie als Vorgaben.</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>&amp;Amends</source>
        <translation>Ä&amp;ndert</translation>
    </message>
    <message>
        <source>&amp;Case</source>
        <translation>&amp;Fall</translation>
    </message>
    <message>
        <source>&amp;Examiner</source>
        <translation>&amp;Bearbeitet von</translation>
    </message>
    <message>
        <source>&amp;Questions asked</source>
        <translation>F&amp;ragestellung</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>&amp;Speichern…</translation>
    </message>
    <message>
        <source>No preview</source>
        <translation>Keine Vorschau</translation>
    </message>
    <message>
        <source>Page width</source>
        <translation>Seitenbreite</translation>
    </message>
    <message>
        <source>Report of {0}</source>
        <translation>Bericht zu {0}</translation>
    </message>
    <message>
        <source>The report could not be typeset because of an unexpected error.</source>
        <translation>Der Bericht konnte wegen eines unerwarteten Fehlers nicht gesetzt werden.</translation>
    </message>
    <message>
        <source>The report is being typeset</source>
        <translation>Der Bericht wird gesetzt</translation>
    </message>
    <message>
        <source>Typesetting…</source>
        <translation>Wird gesetzt…</translation>
    </message>
    <message>
        <source>What the examination was asked to answer</source>
        <translation>Was die Untersuchung beantworten sollte</translation>
    </message>
    <message>
        <source>What you state here is printed in the report as stated. Empty fields are printed as “not stated”.

A JSON with all results is saved beside the PDF, and is also inside it.</source>
        <translation>Was hier angegeben wird, steht als Angabe im Bericht. Leere Felder werden als „not stated“ gedruckt; der Bericht ist auf Englisch.

Eine JSON-Datei mit allen Ergebnissen wird neben dem PDF gespeichert und liegt auch darin.</translation>
    </message>
    <message>
        <source>which earlier report, and why</source>
        <translation>welchen früheren Bericht, und warum</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} Seiten</translation>
    </message>
</context>
<context>
    <name>ReportExports</name>
    <message>
        <source>&apos;{0}&apos; already exists and was not overwritten; choose another name for the report.</source>
        <translation>„{0}“ gibt es schon und wurde nicht überschrieben; einen anderen Namen für den Bericht wählen.</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Save the report as PDF, with a JSON beside it</source>
        <translation>Den Bericht als PDF speichern, mit einer JSON-Datei daneben</translation>
    </message>
    <message>
        <source>The report &apos;{0}&apos; could not be written because of an unexpected error.</source>
        <translation>Der Bericht „{0}“ konnte wegen eines unerwarteten Fehlers nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The report was saved as &apos;{0}&apos;, with its data in &apos;{1}&apos; beside it.</source>
        <translation>Der Bericht ist geschrieben: „{0}“, mit seinen Daten in „{1}“ daneben.</translation>
    </message>
</context>
<context>
    <name>ReportPages</name>
    <message>
        <source>Page {0} of {1}</source>
        <translation>Seite {0} von {1}</translation>
    </message>
    <message>
        <source>Pages of the report</source>
        <translation>Seiten des Berichts</translation>
    </message>
</context>
<context>
    <name>RequestThread</name>
    <message>
        <source>Something unexpected went wrong here; the log says what.</source>
        <translation>Hier ging unerwartet etwas schief; das Protokoll sagt, was.</translation>
    </message>
</context>
<context>
    <name>ScopeBox</name>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>What the detectors are compared on</source>
        <translation>Woran die Detektoren verglichen werden</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>SpectrumView</name>
    <message>
        <source> QP {0} was measured here.</source>
        <translation> Hier wurde QP {0} gemessen.</translation>
    </message>
    <message>
        <source>5–95 % of real faces</source>
        <translation>5–95 % der echten Gesichter</translation>
    </message>
    <message>
        <source>Compared with &amp;real faces</source>
        <translation>Verglichen mit &amp;echten Gesichtern</translation>
    </message>
    <message>
        <source>Cycles per pixel of the crop</source>
        <translation>Perioden je Pixel des Ausschnitts</translation>
    </message>
    <message>
        <source>Left: coarse shapes; right: detail of two pixels. Upsampling in a generator can leave a bump or a lack of power on the right; so can sharpening, resizing and compression.</source>
        <translation>Links: grobe Formen; rechts: Detail von zwei Pixeln. Das Hochskalieren in einem Generator kann rechts eine Beule oder einen Mangel an Leistung hinterlassen; Schärfen, Skalieren und Kompression können das auch.</translation>
    </message>
    <message>
        <source>Level of the real faces that the crop is compared with</source>
        <translation>Stufe der echten Gesichter, mit denen der Ausschnitt verglichen wird</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Wird gemessen</translation>
    </message>
    <message>
        <source> This crop was {0} px wide in its frame, narrower than any of those ({1} px): it was enlarged, and has less fine detail for that reason alone.</source>
        <translation> Dieser Ausschnitt war in seinem Einzelbild {0} px breit, schmaler als jeder von jenen ({1} px): Er wurde vergrößert und hat schon deshalb weniger feines Detail.</translation>
    </message>
    <message>
        <source>Compression removes fine detail, from real and forged faces alike. Compare a crop with faces that were compressed alike: the nearest level is the one whose CRF is nearest to the measured QP.</source>
        <translation>Kompression nimmt feines Detail weg, bei echten Gesichtern wie bei gefälschten. Ein Ausschnitt ist mit Gesichtern zu vergleichen, die ebenso komprimiert sind: Am nächsten ist die Stufe, deren CRF dem gemessenen QP am nächsten kommt.</translation>
    </message>
    <message>
        <source>Power by spatial frequency, averaged over all directions, beside {0} real faces of {1} ({2}).{3} Outside the band means unusual, not forged: cameras, resizing and filters also leave it.</source>
        <translation>Leistung nach Ortsfrequenz, gemittelt über alle Richtungen, neben {0} echten Gesichtern aus {1} ({2}).{3} Außerhalb des Bandes heißt ungewöhnlich, nicht gefälscht: Auch Kameras, Skalieren und Filter führen hinaus.</translation>
    </message>
    <message>
        <source>Power of the crop by spatial frequency</source>
        <translation>Leistung des Ausschnitts nach Ortsfrequenz</translation>
    </message>
    <message>
        <source>Power of the crop by spatial frequency, averaged over all directions. No reference of real faces is installed, so there is nothing to compare it with.</source>
        <translation>Leistung des Ausschnitts nach Ortsfrequenz, gemittelt über alle Richtungen. Es ist keine Referenz echter Gesichter installiert, daher fehlt der Vergleich.</translation>
    </message>
    <message>
        <source>log₁₀ power</source>
        <translation>log₁₀ der Leistung</translation>
    </message>
    <message>
        <source>nearest level</source>
        <translation>nächste Stufe</translation>
    </message>
    <message>
        <source>not compressed</source>
        <translation>nicht komprimiert</translation>
    </message>
    <message>
        <source>their median</source>
        <translation>ihr Median</translation>
    </message>
    <message>
        <source>this crop</source>
        <translation>dieser Ausschnitt</translation>
    </message>
</context>
<context>
    <name>ThresholdsPage</name>
    <message>
        <source>Detector</source>
        <translation>Detektor</translation>
    </message>
    <message>
        <source>Measured on held-out data and stored with the weights; they cannot be set by hand. A probability at or above “Forged ≥” supports manipulation, one at or below “Real ≤” authenticity; the rates say how often that was wrong on those data.</source>
        <translation>An zurückgehaltenen Daten gemessen und mit den Gewichten gespeichert; von Hand sind sie nicht einstellbar. Eine Wahrscheinlichkeit ab „Gefälscht ≥“ stützt Manipulation, eine bis „Echt ≤“ Echtheit; die Raten sagen, wie oft das dort falsch war.</translation>
    </message>
    <message>
        <source>Not calibrated, so without thresholds: {0}</source>
        <translation>Nicht kalibriert, also ohne Schwellen: {0}</translation>
    </message>
    <message>
        <source>Thresholds and error rates</source>
        <translation>Schwellen und Fehlerraten</translation>
    </message>
</context>
<context>
    <name>Thumbnails</name>
    <message>
        <source>No thumbnail could be made because of an unexpected error.</source>
        <translation>Wegen eines unerwarteten Fehlers ließ sich kein Vorschaubild erzeugen.</translation>
    </message>
</context>
<context>
    <name>TimeField</name>
    <message>
        <source>&apos;{0}&apos; is not a time. Enter seconds (83.2), minutes (1:23.2) or hours (0:01:23.200).</source>
        <translation>„{0}“ ist keine Zeit. Sekunden (83.2), Minuten (1:23.2) oder Stunden (0:01:23.200) schreiben.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time of this frame. To go to another one, type 83.2, 1:23.2 or 0:01:23.200 and press Enter (Ctrl+G)</source>
        <translation>Zeit dieses Einzelbilds. Um zu einem anderen zu gehen, 83.2, 1:23.2 oder 0:01:23.200 schreiben und die Eingabetaste drücken (Strg+G)</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Nothing was scored.</source>
        <translation>Es wurde nichts bewertet.</translation>
    </message>
    <message>
        <source>Raw scores, tracks and picture types over time</source>
        <translation>Rohwerte, Spuren und Bildtypen über der Zeit</translation>
    </message>
    <message>
        <source>Select a range by dragging (or hold Shift; I and O at the playhead)</source>
        <translation>Einen Bereich durch Ziehen wählen (oder Umschalt halten; I und O an der Abspielposition)</translation>
    </message>
    <message>
        <source>Clear the range: back to the whole exhibit (Esc)</source>
        <translation>Zurück zum ganzen Beweisstück: kein Bereich (Esc)</translation>
    </message>
    <message>
        <source>Show the whole exhibit (double click)</source>
        <translation>Das ganze Beweisstück sehen (Doppelklick)</translation>
    </message>
    <message>
        <source>The curves appear with the first scores.</source>
        <translation>Die Kurven kommen mit den ersten Werten.</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Values at the pointer or in the range</source>
        <translation>Werte am Mauszeiger oder im Bereich</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>Vergrößern (+)</translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation>Verkleinern (-)</translation>
    </message>
</context>
<context>
    <name>TimelineCanvas</name>
    <message>
        <source>{0} – raw score, higher = more likely forged</source>
        <translation>{0} – Rohwert, höher = eher gefälscht</translation>
    </message>
</context>
<context>
    <name>VerdictPanel</name>
    <message>
        <source>Cancelled before there was a result.</source>
        <translation>Abgebrochen, bevor es ein Ergebnis gab.</translation>
    </message>
    <message>
        <source>Cancelled: this covers only what was examined before.</source>
        <translation>Abgebrochen: Dies umfasst nur, was bis dahin untersucht war.</translation>
    </message>
    <message>
        <source>Frames not scored: {0}; {1}</source>
        <translation>Einzelbilder ohne Wert: {0}; {1}</translation>
    </message>
    <message>
        <source>QP {0}</source>
        <translation>QP {0}</translation>
    </message>
    <message>
        <source>The analysis stopped before there was a verdict.</source>
        <translation>Die Analyse endete, bevor es einen Befund gab.</translation>
    </message>
    <message>
        <source>The verdict appears when the whole exhibit has been read.</source>
        <translation>Der Befund kommt, wenn das ganze Beweisstück gelesen ist.</translation>
    </message>
    <message>
        <source>Waiting for the running analysis to end.</source>
        <translation>Wartet, bis die laufende Analyse endet.</translation>
    </message>
    <message>
        <source>Verdicts</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>face {0} px</source>
        <translation>Gesicht {0} px</translation>
    </message>
    <message>
        <source>{0} frames</source>
        <translation>{0} Einzelbilder</translation>
    </message>
</context>
<context>
    <name>WindowPage</name>
    <message>
        <source>&amp;Browse…</source>
        <translation>D&amp;urchsuchen…</translation>
    </message>
    <message>
        <source>&amp;Colours of the window</source>
        <translation>Farben des Fens&amp;ters</translation>
    </message>
    <message>
        <source>&amp;Examiner in reports</source>
        <translation>In Berichten &amp;bearbeitet von</translation>
    </message>
    <message>
        <source>&amp;Folder for reports</source>
        <translation>&amp;Ordner für Berichte</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>Spra&amp;che</translation>
    </message>
    <message>
        <source>Another language takes effect when the program is restarted.</source>
        <translation>Eine andere Sprache gilt, wenn das Programm neu gestartet wird.</translation>
    </message>
    <message>
        <source>Colours of attention &amp;maps</source>
        <translation>Farben der Aufmer&amp;ksamkeitskarten</translation>
    </message>
    <message>
        <source>Folder for reports</source>
        <translation>Ordner für Berichte</translation>
    </message>
    <message>
        <source>beside the exhibit</source>
        <translation>neben dem Beweisstück</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>follow the system</source>
        <translation>wie das System</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>nicht angegeben</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Preview the report and save it (Ctrl+E)</source>
        <translation>Den Bericht vorab ansehen und speichern (Strg+E)</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Bericht…</translation>
    </message>
    <message>
        <source>The exhibit</source>
        <translation>Das Beweisstück</translation>
    </message>
</context>
<context>
    <name>_Arc</name>
    <message>
        <source>Computing</source>
        <translation>Wird berechnet</translation>
    </message>
</context>
<context>
    <name>_Card</name>
    <message>
        <source>Crops</source>
        <translation>Ausschnitte</translation>
    </message>
    <message>
        <source>Detector</source>
        <translation>Detektor</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Raw score</source>
        <translation>Rohwert</translation>
    </message>
</context>
<context>
    <name>_ColormapBar</name>
    <message>
        <source>Colours of the attention map, from 0 (low) to 1 (high attention)</source>
        <translation>Farben der Aufmerksamkeitskarte, von 0, wenig, bis 1, viel Aufmerksamkeit</translation>
    </message>
</context>
<context>
    <name>_LastResort</name>
    <message>
        <source>Something unexpected went wrong in the window ({0}); save the report before you go on.</source>
        <translation>Im Fenster ging unerwartet etwas schief ({0}); vor dem Weiterarbeiten den Bericht speichern.</translation>
    </message>
</context>
<context>
    <name>_MessageRow</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Error: {0}</source>
        <translation>Fehler: {0}</translation>
    </message>
    <message>
        <source>Note: {0}</source>
        <translation>Hinweis: {0}</translation>
    </message>
</context>
<context>
    <name>_Side</name>
    <message>
        <source>Exhibit</source>
        <translation>Beweisstück</translation>
    </message>
</context>
<context>
    <name>_View</name>
    <message>
        <source>Drop videos, pictures or folders here.</source>
        <translation>Videos, Bilder oder Ordner hier ablegen.</translation>
    </message>
    <message>
        <source>Exhibits</source>
        <translation>Beweisstücke</translation>
    </message>
</context>
<context>
    <name>about</name>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
</context>
<context>
    <name>card</name>
    <message>
        <source>Band</source>
        <translation>Band</translation>
    </message>
    <message>
        <source>By this command:</source>
        <translation>Mit diesem Befehl:</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>Kompression</translation>
    </message>
    <message>
        <source>A probability at or above “Forged ≥” supports manipulation, at or below “Real ≤” authenticity.</source>
        <translation>Eine Wahrscheinlichkeit ab „Gefälscht ≥“ stützt Manipulation, bis „Echt ≤“ Echtheit.</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>Fehlalarme</translation>
    </message>
    <message>
        <source>Forged</source>
        <translation>Gefälscht</translation>
    </message>
    <message>
        <source>Forged ≥</source>
        <translation>Gefälscht ≥</translation>
    </message>
    <message>
        <source>How to get weights</source>
        <translation>Wie man Gewichte bekommt</translation>
    </message>
    <message>
        <source>Interval</source>
        <translation>Intervall</translation>
    </message>
    <message>
        <source>JPEG quality</source>
        <translation>JPEG-Qualität</translation>
    </message>
    <message>
        <source>Known limits</source>
        <translation>Bekannte Grenzen</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Measured at</source>
        <translation>Gemessen bei</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Misses</source>
        <translation>Übersehene</translation>
    </message>
    <message>
        <source>No weights are installed for this method, so it cannot be used yet.</source>
        <translation>Für diese Methode sind keine Gewichte installiert; noch ist sie nicht verwendbar.</translation>
    </message>
    <message>
        <source>Not calibrated: it gives raw scores, but no probability, and supports no verdict by itself.</source>
        <translation>Nicht kalibriert: Es gibt Rohwerte, aber keine Wahrscheinlichkeit, und stützt allein keinen Befund.</translation>
    </message>
    <message>
        <source>Nothing has been measured.</source>
        <translation>Es wurde nichts gemessen.</translation>
    </message>
    <message>
        <source>Or import published ones with the button below, or on the command line:</source>
        <translation>Oder veröffentlichte mit der Schaltfläche unten oder auf der Befehlszeile importieren:</translation>
    </message>
    <message>
        <source>QP</source>
        <translation>QP</translation>
    </message>
    <message>
        <source>Real</source>
        <translation>Echt</translation>
    </message>
    <message>
        <source>Real ≤</source>
        <translation>Echt ≤</translation>
    </message>
    <message>
        <source>Train them on your own face crops:</source>
        <translation>An eigenen Gesichtsausschnitten trainieren:</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>{0} of {1} forged</source>
        <translation>{0} von {1} gefälschten</translation>
    </message>
    <message>
        <source>{0} of {1} real</source>
        <translation>{0} von {1} echten</translation>
    </message>
</context>
<context>
    <name>engine</name>
    <message>
        <source> and {0} more</source>
        <translation> und {0} weitere</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be a name: use a-z, 0-9, &apos;_&apos;, &apos;-&apos; and &apos;.&apos;, up to 64 characters.</source>
        <translation>„{0}“ kann kein Name sein: a-z, 0-9, „_“, „-“ und „.“ verwenden, bis zu 64 Zeichen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be opened: {1}.</source>
        <translation>„{0}“ kann nicht geöffnet werden: {1}.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be read to its end: {1}.</source>
        <translation>„{0}“ kann nicht bis zum Ende gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be written: {1}.</source>
        <translation>„{0}“ kann nicht geschrieben werden: {1}.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; changed while it was read; wait until it is complete, then open it again.</source>
        <translation>„{0}“ hat sich beim Lesen geändert; warten, bis die Datei vollständig ist, dann erneut öffnen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; declares a picture of {1} x {2} pixels; at most {3} pixels a side and {4} million in all are read.</source>
        <translation>„{0}“ gibt ein Bild von {1} x {2} Pixeln an; gelesen werden höchstens {3} Pixel je Seite und insgesamt {4} Millionen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; declares a picture of {1} x {2} pixels; there is nothing to examine.</source>
        <translation>„{0}“ gibt ein Bild von {1} x {2} Pixeln an; es gibt nichts zu untersuchen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; declares more than {1} million pixels.</source>
        <translation>„{0}“ gibt mehr als {1} Millionen Pixel an.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; does not exist.</source>
        <translation>„{0}“ gibt es nicht.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; exists already; choose another name.</source>
        <translation>„{0}“ gibt es schon; einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; has video in a codec that cannot be decoded here ({1}).</source>
        <translation>„{0}“ enthält Video in einem Codec, der hier nicht decodiert werden kann ({1}).</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; has {1}: there is no video to examine.</source>
        <translation>„{0}“ hat {1}: Es gibt kein Video zu untersuchen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is a HEIF picture, whose tiles are not put together here; convert it to PNG first.</source>
        <translation>„{0}“ ist ein HEIF-Bild, dessen Kacheln hier nicht zusammengesetzt werden; vorher in PNG umwandeln.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is a damaged or truncated {1} picture: {2}.</source>
        <translation>„{0}“ ist ein beschädigtes oder abgeschnittenes {1}-Bild: {2}.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is a folder; name a video or picture in it.</source>
        <translation>„{0}“ ist ein Ordner; ein Video oder Bild darin angeben.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is an MP4 or MOV file whose index (moov) is missing or damaged, most likely because it is truncated; get a complete copy.</source>
        <translation>„{0}“ ist eine MP4- oder MOV-Datei, deren Index (moov) fehlt oder beschädigt ist, am ehesten, weil sie abgeschnitten ist; eine vollständige Kopie beschaffen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is empty (0 bytes).</source>
        <translation>„{0}“ ist leer (0 Byte).</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is missing</source>
        <translation>„{0}“ fehlt</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not an ordinary file (a pipe or a device); save it to a file first.</source>
        <translation>„{0}“ ist keine gewöhnliche Datei (eine Pipe oder ein Gerät); vorher in eine Datei speichern.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not a rule for a track&apos;s score; write mean, median or top:P with P from 1 to 100.</source>
        <translation>„{0}“ ist keine Regel für den Wert einer Spur; mean, median oder top:P mit P von 1 bis 100 schreiben.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not a sampling policy; write all, every:K or per-track:N with a number &gt;= 1.</source>
        <translation>„{0}“ ist keine Regel für die Auswahl; all, every:K oder per-track:N mit einer Zahl &gt;= 1 schreiben.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not a video or picture that can be read, or its beginning is damaged ({1}).</source>
        <translation>„{0}“ ist kein lesbares Video oder Bild, oder der Anfang ist beschädigt ({1}).</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is unknown</source>
        <translation>„{0}“ ist unbekannt</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is {1} instead of {2}</source>
        <translation>„{0}“ ist {1} statt {2}</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; may not be read; ask for permission to read it, or copy it.</source>
        <translation>„{0}“ darf nicht gelesen werden; um Leserechte bitten oder die Datei kopieren.</translation>
    </message>
    <message>
        <source>A clip needs at least one picture.</source>
        <translation>Ein Clip braucht mindestens ein Bild.</translation>
    </message>
    <message>
        <source>A general picture classifier that learns whatever separates the forgeries it was trained on; strong on those, weak on other kinds of forgery and on stronger compression than it was trained with.</source>
        <translation>Ein allgemeiner Bildklassifikator, der lernt, was immer die Fälschungen seines Trainings unterscheidet; stark bei diesen, schwach bei anderen Arten von Fälschung und bei stärkerer Kompression als im Training.</translation>
    </message>
    <message>
        <source>A small general picture classifier, fast on a CPU; learns whatever separates the forgeries it was trained on, weak on other kinds of forgery and on stronger compression than it was trained with.</source>
        <translation>Ein kleiner allgemeiner Bildklassifikator, schnell auf einer CPU; lernt, was immer die Fälschungen seines Trainings unterscheidet, schwach bei anderen Arten von Fälschung und bei stärkerer Kompression als im Training.</translation>
    </message>
    <message>
        <source>A sweep compresses with one codec: {0} is not a level of {1}.</source>
        <translation>Eine Kompressionsreihe komprimiert mit einem Codec: {0} ist keine Stufe von {1}.</translation>
    </message>
    <message>
        <source>A sweep needs at least one crop of a track, not {0}.</source>
        <translation>Eine Kompressionsreihe braucht mindestens einen Ausschnitt je Spur, nicht {0}.</translation>
    </message>
    <message>
        <source>Adds generated pixels that lead a detector trained on weakly compressed video to better answers on strongly compressed crops. It changes its input to move the score: it can turn right answers wrong, and false alarms on real faces must be read beside its gain.</source>
        <translation>Addiert erzeugte Pixel, die einen an schwach komprimiertem Video trainierten Detektor bei stark komprimierten Ausschnitten zu besseren Antworten führen. Es ändert seine Eingabe, um den Wert zu bewegen: Richtige Antworten können dadurch falsch werden, und neben dem Gewinn sind die Fehlalarme bei echten Gesichtern zu lesen.</translation>
    </message>
    <message>
        <source>Bleaching with &apos;{0}&apos; does not fit into the memory of {1}. Close other programs that use it, or choose the processor.</source>
        <translation>Das Bleichen mit „{0}“ passt nicht in den Speicher von {1}. Andere Programme schließen, die ihn belegen, oder den Prozessor wählen.</translation>
    </message>
    <message>
        <source>Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so it shows where, not how much.</source>
        <translation>Klassenaktivierungskarte (hier gleich Grad-CAM) der letzten Merkmalskarte; auf ihr eigenes Maximum skaliert, zeigt also wo, nicht wie viel.</translation>
    </message>
    <message>
        <source>Class activation map (equal to Grad-CAM here) of the last 10 x 10 feature maps of both streams together; scaled to its own maximum, so it shows where, not how much.</source>
        <translation>Klassenaktivierungskarte (hier gleich Grad-CAM) der letzten Merkmalskarten beider Zweige zusammen, 10 x 10; auf ihr eigenes Maximum skaliert, zeigt also wo, nicht wie viel.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; asks for more memory than the {1} GiB that decoding may take.</source>
        <translation>„{0}“ verlangt mehr Speicher als die {1} GiB, die das Decodieren nehmen darf.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be decoded ({1}: {2}).</source>
        <translation>„{0}“ kann nicht decodiert werden ({1}: {2}).</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; has been closed.</source>
        <translation>„{0}“ wurde geschlossen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; has {1} streams; at most {2} are read.</source>
        <translation>„{0}“ hat {1} Ströme; höchstens {2} werden gelesen.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not a compression level; write clean, or one of {1}.</source>
        <translation>„{0}“ ist keine Kompressionsstufe; clean schreiben oder eine von {1}.</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is not a name for weights</source>
        <translation>„{0}“ ist kein Name für Gewichte</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; made the process that decoded it fail ({1}); the file is damaged, or made to do harm.</source>
        <translation>„{0}“ brachte den Prozess, der es decodierte, zum Scheitern ({1}); die Datei ist beschädigt oder soll Schaden anrichten.</translation>
    </message>
    <message>
        <source>A picture has the pixel format {0}, which cannot be converted.</source>
        <translation>Ein Bild hat das Pixelformat {0}, das nicht umgewandelt werden kann.</translation>
    </message>
    <message>
        <source>A small general picture classifier. Trained on swapped faces and on forgeries made from real faces of several sources, it looks for the traces of blending; a face that was generated as a whole has none.</source>
        <translation>Ein kleiner allgemeiner Bildklassifikator. Er wurde auf vertauschten Gesichtern und auf Fälschungen trainiert, die aus echten Gesichtern mehrerer Quellen gemacht wurden, und sucht nach Spuren des Einblendens; ein Gesicht, das als Ganzes erzeugt wurde, hat keine.</translation>
    </message>
    <message>
        <source>A sweep compresses with one of {0}; &apos;clean&apos; is always part of it.</source>
        <translation>Eine Kompressionsreihe komprimiert mit {0}; „clean“ gehört immer dazu.</translation>
    </message>
    <message>
        <source>Attention map</source>
        <translation>Aufmerksamkeitskarte</translation>
    </message>
    <message>
        <source>CRF {0}</source>
        <translation>CRF {0}</translation>
    </message>
    <message>
        <source>Calibrated on</source>
        <translation>Kalibriert an</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Each pyramid bin&apos;s share of the score, spread evenly over the cells of its 7 x 7 map; only cells that speak for forged in sum are shown, scaled to the maximum.</source>
        <translation>Der Anteil jedes Pyramidenfachs am Wert, gleichmäßig auf die Zellen seiner 7 x 7-Karte verteilt; gezeigt werden nur Zellen, die in Summe für gefälscht sprechen, auf das Maximum skaliert.</translation>
    </message>
    <message>
        <source>Feature times gradient of the score (HiResCAM) on the last 8 x 8 feature map; bright cells raised the score.</source>
        <translation>Merkmal mal Gradient des Werts (HiResCAM) auf der letzten Merkmalskarte, 8 x 8; helle Zellen haben den Wert erhöht.</translation>
    </message>
    <message>
        <source>Fewer than half of the calibrated detectors support a verdict.</source>
        <translation>Weniger als die Hälfte der kalibrierten Detektoren stützt einen Befund.</translation>
    </message>
    <message>
        <source>Frames are missing from the file {0} and at {1} more places.</source>
        <translation>In der Datei fehlen Einzelbilder {0} und an {1} weiteren Stellen.</translation>
    </message>
    <message>
        <source>Frames are missing from the file {0}.</source>
        <translation>In der Datei fehlen Einzelbilder {0}.</translation>
    </message>
    <message>
        <source>Grad-CAM of the score on the last feature map, in closed form; scaled to its own maximum, so it shows where, not how much.</source>
        <translation>Grad-CAM des Werts auf der letzten Merkmalskarte in geschlossener Form; auf ihr eigenes Maximum skaliert, zeigt also wo, nicht wie viel.</translation>
    </message>
    <message>
        <source>JPEG quality {0}</source>
        <translation>JPEG-Qualität {0}</translation>
    </message>
    <message>
        <source>Keras files need h5py: install forensiclab[import].</source>
        <translation>Keras-Dateien brauchen h5py: forensiclab[import] installieren.</translation>
    </message>
    <message>
        <source>Licence of the data</source>
        <translation>Lizenz der Daten</translation>
    </message>
    <message>
        <source>Licence of the weights</source>
        <translation>Lizenz der Gewichte</translation>
    </message>
    <message>
        <source>Looks at several regions at once for subtle differences of shallow texture; strong on high-quality forgeries of the kinds it was trained on, weak where compression has removed the texture.</source>
        <translation>Sucht in mehreren Bereichen zugleich nach feinen Unterschieden der Textur; stark bei hochwertigen Fälschungen der trainierten Arten, schwach, wo Kompression die Textur entfernt hat.</translation>
    </message>
    <message>
        <source>Looks for the blur and the mismatched resolution that warping a generated face into the frame leaves; blind to forgeries made without warping, and misled by blur and strong compression.</source>
        <translation>Sucht die Unschärfe und die unpassende Auflösung, die das Einpassen eines erzeugten Gesichts ins Einzelbild hinterlässt; blind für Fälschungen ohne solches Verzerren, und von Unschärfe und starker Kompression irregeführt.</translation>
    </message>
    <message>
        <source>Looks for traces in frequency bands of the whole face and of small windows, which lasts longer under compression than colour alone; weak on forgeries whose spectrum differs from those it was trained on.</source>
        <translation>Sucht Hinweise in Frequenzbändern des ganzen Gesichts und kleiner Fenster, was unter Kompression länger trägt als Farbe allein; schwach bei Fälschungen, deren Spektrum von dem der trainierten abweicht.</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>Mean of the highest {0} %</source>
        <translation>Mittelwert der höchsten {0} %</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>More than {0} MiB of faces were held at once, so long tracks were sampled more thinly than asked for.</source>
        <translation>Mehr als {0} MiB an Gesichtern waren zugleich vorgehalten; lange Spuren wurden daher dünner abgetastet als verlangt.</translation>
    </message>
    <message>
        <source>More than {0} sampled faces were held at once, so long tracks were sampled more thinly than asked for.</source>
        <translation>Mehr als {0} ausgewählte Gesichter waren zugleich vorgehalten; lange Spuren wurden daher dünner abgetastet als verlangt.</translation>
    </message>
    <message>
        <source>No calibration was fitted on {0} compression, so the raw score supports no verdict at this level.</source>
        <translation>Für {0}-Kompression wurde keine Kalibrierung angepasst; der Rohwert stützt bei dieser Stufe daher keinen Befund.</translation>
    </message>
    <message>
        <source>No crop could be scored: {0}.</source>
        <translation>Kein Ausschnitt konnte bewertet werden: {0}.</translation>
    </message>
    <message>
        <source>No crop of the track was scored.</source>
        <translation>Kein Ausschnitt der Spur wurde bewertet.</translation>
    </message>
    <message>
        <source>No detector has weights here, so there is nothing to analyse with. See: forensiclab models list.</source>
        <translation>Kein Detektor hat hier Gewichte; es gibt also nichts, womit analysiert werden kann. Siehe: forensiclab models list.</translation>
    </message>
    <message>
        <source>No detector was run.</source>
        <translation>Kein Detektor wurde ausgeführt.</translation>
    </message>
    <message>
        <source>No face was found.</source>
        <translation>Es wurde kein Gesicht gefunden.</translation>
    </message>
    <message>
        <source>Normalised with</source>
        <translation>Normiert mit</translation>
    </message>
    <message>
        <source>Not even one crop fits into the memory of {0} with &apos;{1}&apos;. Close other programs that use it, or choose --device cpu.</source>
        <translation>Mit „{1}“ passt nicht einmal ein Ausschnitt in den Speicher von {0}. Andere Programme schließen, die ihn belegen, oder --device cpu wählen.</translation>
    </message>
    <message>
        <source>Not one frame of &apos;{0}&apos; can be decoded; it is damaged or cut off at the start.</source>
        <translation>Kein einziges Einzelbild von „{0}“ kann decodiert werden; die Datei ist beschädigt oder am Anfang abgeschnitten.</translation>
    </message>
    <message>
        <source>OpenVINO cannot run &apos;{0}&apos;: {1}.</source>
        <translation>OpenVINO kann „{0}“ nicht ausführen: {1}.</translation>
    </message>
    <message>
        <source>OpenVINO in {0} differs from torch by {1:.4f} in the probability of &apos;{2}&apos;, more than the {3} that is allowed.</source>
        <translation>OpenVINO in {0} weicht bei der Wahrscheinlichkeit von „{2}“ um {1:.4f} von torch ab, mehr als die erlaubten {3}.</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>Veröffentlichung</translation>
    </message>
    <message>
        <source>Parts of the picture are transparent; it was examined on a white ground.</source>
        <translation>Teile des Bildes sind durchsichtig; es wurde auf weißem Grund untersucht.</translation>
    </message>
    <message>
        <source>Probability {0:.3f} is at or above {1:.3f}; {2} {3:.1f} % of {4} real crops reach that, too.</source>
        <translation>Die Wahrscheinlichkeit {0:.3f} liegt bei oder über {1:.3f}; {2} erreichen das auch {3:.1f} % von {4} echten Ausschnitten.</translation>
    </message>
    <message>
        <source>Probability {0:.3f} is at or below {1:.3f}; {2} {3:.1f} % of {4} forged crops stay below it, too.</source>
        <translation>Die Wahrscheinlichkeit {0:.3f} liegt bei oder unter {1:.3f}; {2} bleiben auch {3:.1f} % von {4} gefälschten Ausschnitten darunter.</translation>
    </message>
    <message>
        <source>Probability {0:.3f} lies between the thresholds {1:.3f} and {2:.3f} {3}.</source>
        <translation>Die Wahrscheinlichkeit {0:.3f} liegt zwischen den Schwellen {1:.3f} und {2:.3f} {3}.</translation>
    </message>
    <message>
        <source>QP up to {0:g}</source>
        <translation>QP bis {0:g}</translation>
    </message>
    <message>
        <source>QP {0:.0f}</source>
        <translation>QP {0:.0f}</translation>
    </message>
    <message>
        <source>Reading stopped at {0:.2f} s: {1}.</source>
        <translation>Das Lesen endete bei {0:.2f} s: {1}.</translation>
    </message>
    <message>
        <source>Sees coarse (mesoscopic) texture of early face swaps and reenactments with a very small network; weak on forgeries made in another way and on strong compression.</source>
        <translation>Sieht mit einem sehr kleinen Netz die grobe (mesoskopische) Textur früher Gesichtstausche und Nachstellungen; schwach bei anders gemachten Fälschungen und bei starker Kompression.</translation>
    </message>
    <message>
        <source>Sees coarse (mesoscopic) texture of early face swaps and reenactments with the smallest network here; weak on forgeries made in another way and on strong compression.</source>
        <translation>Sieht mit dem kleinsten Netz hier die grobe (mesoskopische) Textur früher Gesichtstausche und Nachstellungen; schwach bei anders gemachten Fälschungen und bei starker Kompression.</translation>
    </message>
    <message>
        <source>Sees the seam where a forged face was blended into a real picture, without having seen the kind of forgery; blind to faces that are generated as a whole, and weak on strong compression, which hides the seam.</source>
        <translation>Sieht die Naht, an der ein gefälschtes Gesicht in ein echtes Bild eingeblendet wurde, ohne die Art der Fälschung zu kennen; blind für im Ganzen erzeugte Gesichter und schwach bei starker Kompression, die die Naht verdeckt.</translation>
    </message>
    <message>
        <source>Sees unusual statistics of mid-level texture with few weights of its own; weak on forgeries of a kind it was not trained on and on strong compression.</source>
        <translation>Sieht mit wenigen eigenen Gewichten ungewöhnliche Statistiken mittlerer Textur; schwach bei nicht trainierten Arten von Fälschung und bei starker Kompression.</translation>
    </message>
    <message>
        <source>Sets colour against high-frequency noise to find where the two disagree, which carries over better to unseen forgeries; strong compression removes the noise it relies on.</source>
        <translation>Stellt Farbe gegen hochfrequentes Rauschen, um zu finden, wo beide nicht zusammenpassen, was sich besser auf unbekannte Fälschungen überträgt; starke Kompression entfernt das Rauschen, auf dem es beruht.</translation>
    </message>
    <message>
        <source>Some crops were left out: {0}.</source>
        <translation>Einige Ausschnitte wurden ausgelassen: {0}.</translation>
    </message>
    <message>
        <source>Started from</source>
        <translation>Ausgegangen von</translation>
    </message>
    <message>
        <source>Sum of the network&apos;s own four 24 x 24 attention maps, scaled to the maximum: where it looked, whether or not what it found there spoke for forged.</source>
        <translation>Summe der vier netzeigenen 24 x 24-Aufmerksamkeitskarten, auf das Maximum skaliert: wohin das Netz gesehen hat, gleich ob das dort Gefundene für gefälscht sprach.</translation>
    </message>
    <message>
        <source>The analysis was cancelled; the results cover only what was examined before.</source>
        <translation>Die Analyse wurde abgebrochen; die Ergebnisse umfassen nur, was bis dahin untersucht war.</translation>
    </message>
    <message>
        <source>The blending boundary that the network predicts (64 x 64), as probabilities; the score is made of nothing but its mean.</source>
        <translation>Die Überblendgrenze, die das Netz vorhersagt (64 x 64), als Wahrscheinlichkeiten; der Wert besteht allein aus ihrem Mittelwert.</translation>
    </message>
    <message>
        <source>The calibration holds only for the strength of the training.</source>
        <translation>Die Kalibrierung gilt nur für die Stärke des Trainings.</translation>
    </message>
    <message>
        <source>The calibration of these weights is for bleached crops.</source>
        <translation>Die Kalibrierung dieser Gewichte gilt für gebleichte Ausschnitte.</translation>
    </message>
    <message>
        <source>The card of &apos;{0}&apos; does not say which detector the weights stand before, so they cannot be used. Export them again (python -m training export), or import them with --before NAME.</source>
        <translation>Die Karte von „{0}“ sagt nicht, vor welchem Detektor die Gewichte stehen; so können sie nicht benutzt werden. Exportieren Sie sie noch einmal (python -m training export), oder importieren Sie sie mit --before NAME.</translation>
    </message>
    <message>
        <source>The card {0} asks for pictures of {1} px, but {2} takes {3} px.</source>
        <translation>Die Karte {0} verlangt Bilder von {1} px, aber {2} nimmt {3} px.</translation>
    </message>
    <message>
        <source>The card {0} cannot be read: {1}.</source>
        <translation>Die Karte {0} kann nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>The card {0} cannot be right: {1}.</source>
        <translation>Die Karte {0} kann nicht stimmen: {1}.</translation>
    </message>
    <message>
        <source>The card {0} is not as it was written: its own SHA-256 is {1}, it says {2}. Install the detector &apos;{3}&apos; again.</source>
        <translation>Die Karte {0} ist nicht mehr so, wie sie geschrieben wurde: Ihre eigene SHA-256 ist {1}, sie nennt {2}. Den Detektor „{3}“ neu installieren.</translation>
    </message>
    <message>
        <source>The card {0} is not valid: {1}.</source>
        <translation>Die Karte {0} ist nicht gültig: {1}.</translation>
    </message>
    <message>
        <source>The compression could not be measured, so the calibration over all levels was used.</source>
        <translation>Die Kompression ließ sich nicht messen; daher wurde die Kalibrierung über alle Stufen verwendet.</translation>
    </message>
    <message>
        <source>The compression level &apos;clean&apos; takes no number.</source>
        <translation>Die Kompressionsstufe „clean“ hat keine Zahl.</translation>
    </message>
    <message>
        <source>The container asks for a mirrored display; the frames were analysed mirrored.</source>
        <translation>Der Container verlangt eine gespiegelte Anzeige; die Einzelbilder wurden gespiegelt analysiert.</translation>
    </message>
    <message>
        <source>The dense layers of the file {0} do not fit {1}.</source>
        <translation>Die dichten Schichten der Datei {0} passen nicht zu {1}.</translation>
    </message>
    <message>
        <source>The detector &apos;{0}&apos; has no calibration for the measured compression ({1}).</source>
        <translation>Der Detektor „{0}“ hat keine Kalibrierung für die gemessene Kompression ({1}).</translation>
    </message>
    <message>
        <source>The detector &apos;{0}&apos; has no calibration, so its raw score supports no verdict.</source>
        <translation>Der Detektor „{0}“ hat keine Kalibrierung; sein Rohwert stützt daher keinen Befund.</translation>
    </message>
    <message>
        <source>The detector &apos;{0}&apos; has no weights here. Train them (python -m training train {0}{1}) or import published ones (forensiclab models import FILE --method {0} --name NAME{2}).</source>
        <translation>Der Detektor „{0}“ hat hier keine Gewichte. Sie trainieren (python -m training train {0}{1}) oder veröffentlichte importieren (forensiclab models import FILE --method {0} --name NAME{2}).</translation>
    </message>
    <message>
        <source>The detector within &apos;{0}&apos; is not the one that is installed as &apos;{1}&apos;: the tensor &apos;{2}&apos; differs. Install the one that &apos;{0}&apos; was trained with, or train it again.</source>
        <translation>Der Detektor in „{0}“ ist nicht der, der als „{1}“ installiert ist: Der Tensor „{2}“ ist ein anderer. Installieren Sie den, mit dem „{0}“ trainiert wurde, oder trainieren Sie neu.</translation>
    </message>
    <message>
        <source>The detectors contradict each other.</source>
        <translation>Die Detektoren widersprechen einander.</translation>
    </message>
    <message>
        <source>The device &apos;{0}&apos; is not there: {1} CUDA devices were found. Use --device cpu.</source>
        <translation>Das Gerät „{0}“ ist nicht da: {1} CUDA-Geräte wurden gefunden. --device cpu verwenden.</translation>
    </message>
    <message>
        <source>The face at {0:.2f} s takes {1} x {2} pixels with its surroundings; at most {3} million are compressed again.</source>
        <translation>Das Gesicht bei {0:.2f} s nimmt mit seiner Umgebung {1} x {2} Pixel ein; neu komprimiert werden höchstens {3} Millionen.</translation>
    </message>
    <message>
        <source>The file begins without a key frame: {0} frames from {1:.2f} s to {2:.2f} s cannot be decoded.</source>
        <translation>Die Datei beginnt ohne Schlüsselbild: {0} Einzelbilder von {1:.2f} s bis {2:.2f} s können nicht decodiert werden.</translation>
    </message>
    <message>
        <source>The file changed, or went, between its intake and the end of reading: the SHA-256 does not vouch for what was examined. Analyse a copy that nobody writes to.</source>
        <translation>Die Datei hat sich zwischen Aufnahme und Ende des Lesens geändert oder ist verschwunden: Die SHA-256 bürgt nicht für das, was untersucht wurde. Eine Kopie analysieren, in die niemand schreibt.</translation>
    </message>
    <message>
        <source>The file declares {0} frames, but holds {1}.</source>
        <translation>Die Datei nennt {0} Einzelbilder, enthält aber {1}.</translation>
    </message>
    <message>
        <source>The file ends in the middle of its data: it is truncated.</source>
        <translation>Die Datei endet mitten in ihren Daten: Sie ist abgeschnitten.</translation>
    </message>
    <message>
        <source>The file holds {0} pictures; only the first was examined.</source>
        <translation>Die Datei enthält {0} Bilder; nur das erste wurde untersucht.</translation>
    </message>
    <message>
        <source>The file holds {0} video streams; only number {1} was examined.</source>
        <translation>Die Datei enthält {0} Videoströme; nur Nummer {1} wurde untersucht.</translation>
    </message>
    <message>
        <source>The file {0} cannot be read: {1}.</source>
        <translation>Die Datei {0} kann nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>The file {0} could not be read by torch&apos;s restricted loader: {1}.</source>
        <translation>Die Datei {0} konnte vom eingeschränkten Lader von torch nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>The file {0} has tensors of a type that cannot be used: {1}.</source>
        <translation>Die Datei {0} hat Tensoren eines Typs, der nicht verwendbar ist: {1}.</translation>
    </message>
    <message>
        <source>The file {0} has {1} layers of type {2}, but {3} has {4}: these weights belong to another network.</source>
        <translation>Die Datei {0} hat {1} Schichten vom Typ {2}, aber {3} hat {4}: Diese Gewichte gehören zu einem anderen Netz.</translation>
    </message>
    <message>
        <source>The file {0} holds more than named tensors; only a plain state dict can be imported.</source>
        <translation>Die Datei {0} enthält mehr als benannte Tensoren; nur ein einfaches „state dict“ lässt sich importieren.</translation>
    </message>
    <message>
        <source>The file {0} is a torch pickle, which can carry code. Convert it to safetensors, or pass --allow-pickle to read it with torch&apos;s restricted loader.</source>
        <translation>Die Datei {0} ist ein Pickle von torch, das Code enthalten kann. In safetensors umwandeln oder mit --allow-pickle vom eingeschränkten Lader von torch lesen lassen.</translation>
    </message>
    <message>
        <source>The file {0} is not a safetensors file: {1}.</source>
        <translation>Die Datei {0} ist keine safetensors-Datei: {1}.</translation>
    </message>
    <message>
        <source>The file {0} is not an HDF5 file of Keras: {1}.</source>
        <translation>Die Datei {0} ist keine HDF5-Datei von Keras: {1}.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be made: {1}.</source>
        <translation>Der Ordner {0} kann nicht angelegt werden: {1}.</translation>
    </message>
    <message>
        <source>The folder {0} cannot be read: {1}.</source>
        <translation>Der Ordner {0} kann nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>The folder {0} does not exist; make it, or choose another one for the report.</source>
        <translation>Den Ordner {0} gibt es nicht; ihn anlegen oder einen anderen für den Bericht wählen.</translation>
    </message>
    <message>
        <source>The folder {0} holds no video or picture ({1} other files).</source>
        <translation>Der Ordner {0} enthält kein Video oder Bild ({1} andere Dateien).</translation>
    </message>
    <message>
        <source>The frozen detector&apos;s own map of the bleached crop, that is, of generated pixels laid over the evidence.</source>
        <translation>Die eigene Karte des eingefrorenen Detektors für den gebleichten Ausschnitt, also für erzeugte Pixel über dem Beweismittel.</translation>
    </message>
    <message>
        <source>The layer &apos;{0}&apos; of the file {1} cannot be used: {2}.</source>
        <translation>Die Schicht „{0}“ der Datei {1} ist nicht verwendbar: {2}.</translation>
    </message>
    <message>
        <source>The level of &apos;{0}&apos; must be from {1} to {2}, not {3}.</source>
        <translation>Die Stufe von „{0}“ muss zwischen {1} und {2} liegen, nicht bei {3}.</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; cannot be bleached; those that can: {1}.</source>
        <translation>Die Methode „{0}“ lässt sich nicht bleichen; möglich sind: {1}.</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; cannot be built with these options ({1}): {2}.</source>
        <translation>Die Methode „{0}“ lässt sich mit diesen Optionen ({1}) nicht aufbauen: {2}.</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; cannot be loaded from {1}: {2}.</source>
        <translation>Die Methode „{0}“ kann nicht aus {1} geladen werden: {2}.</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; is not a detector: {1} is not a class of networks.</source>
        <translation>Die Methode „{0}“ ist kein Detektor: {1} ist keine Klasse von Netzen.</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; stands before another detector. Say which one these weights were trained with, by the name of installed weights (on the command line: --before NAME).</source>
        <translation>Die Methode „{0}“ steht vor einem anderen Detektor. Sagen Sie, mit welchem diese Gewichte trainiert wurden, mit dem Namen installierter Gewichte (auf der Befehlszeile: --before NAME).</translation>
    </message>
    <message>
        <source>The method &apos;{0}&apos; stands before no other detector; leave --before out.</source>
        <translation>Die Methode „{0}“ steht vor keinem anderen Detektor; lassen Sie --before weg.</translation>
    </message>
    <message>
        <source>The network&apos;s own 125 x 125 map that weighs the colour features by the picture&apos;s noise residuals, not scaled: where it looked, whether or not what it found there spoke for forged.</source>
        <translation>Die netzeigene 125 x 125-Karte, die die Farbmerkmale nach den Rauschresten des Bildes gewichtet, nicht skaliert: wohin das Netz gesehen hat, gleich ob das dort Gefundene für gefälscht sprach.</translation>
    </message>
    <message>
        <source>The network&apos;s own map of cells that it takes for forged, as probabilities; it also weighs the features that the score is made of.</source>
        <translation>Die netzeigene Karte der Zellen, die es für gefälscht hält, als Wahrscheinlichkeiten; sie gewichtet auch die Merkmale, aus denen der Wert entsteht.</translation>
    </message>
    <message>
        <source>The pictures end at {0:.2f} s, {1:.2f} s before the end that the file declares: it may be truncated.</source>
        <translation>Die Bilder enden bei {0:.2f} s, {1:.2f} s vor dem Ende, das die Datei angibt: Sie ist möglicherweise abgeschnitten.</translation>
    </message>
    <message>
        <source>The pictures of &apos;{0}&apos; have the pixel format {1}, which cannot be converted to colours here; convert the file first.</source>
        <translation>Die Bilder von „{0}“ haben das Pixelformat {1}, das hier nicht in Farben umgewandelt werden kann; die Datei vorher umwandeln.</translation>
    </message>
    <message>
        <source>The pixels of the video are not square ({0}); faces were found and cropped in the shape in which it is shown.</source>
        <translation>Die Pixel des Videos sind nicht quadratisch ({0}); Gesichter wurden in der Form gesucht und ausgeschnitten, in der es gezeigt wird.</translation>
    </message>
    <message>
        <source>The report {0} could not be typeset, since a temporary file could not be written ({1}); make room in {2}.</source>
        <translation>Der Bericht {0} konnte nicht gesetzt werden, weil sich eine vorläufige Datei nicht schreiben ließ ({1}); in {2} Platz schaffen.</translation>
    </message>
    <message>
        <source>The report {0} could not be typeset: {1}.</source>
        <translation>Der Bericht {0} konnte nicht gesetzt werden: {1}.</translation>
    </message>
    <message>
        <source>The result for {0} holds a number that is not finite, so it was not written; this is a fault of a detector, please analyse again without it.</source>
        <translation>Das Ergebnis zu {0} enthält eine Zahl, die nicht endlich ist, und wurde daher nicht geschrieben; das ist der Fehler eines Detektors, bitte ohne ihn erneut analysieren.</translation>
    </message>
    <message>
        <source>The settings {0} are damaged ({1}); the defaults are used, and the file is kept as it is.</source>
        <translation>Die Einstellungen {0} sind beschädigt ({1}); es gelten die Vorgaben, und die Datei bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>The settings {0} cannot be read ({1}); the defaults are used.</source>
        <translation>Die Einstellungen {0} können nicht gelesen werden ({1}); es gelten die Vorgaben.</translation>
    </message>
    <message>
        <source>The settings {0} have a &apos;{1}&apos; that cannot be used ({2}); the default is used.</source>
        <translation>Die Einstellungen {0} haben ein „{1}“, das nicht verwendbar ist ({2}); es gilt die Vorgabe.</translation>
    </message>
    <message>
        <source>The settings {0} have a &apos;{1}&apos; that cannot be used: {2} The default is used.</source>
        <translation>Die Einstellungen {0} haben ein „{1}“, das nicht verwendbar ist: {2} Es gilt die Vorgabe.</translation>
    </message>
    <message>
        <source>The settings {0} have an entry &apos;{1}&apos; that is not known; it is ignored.</source>
        <translation>Die Einstellungen {0} haben einen unbekannten Eintrag „{1}“; er wird übergangen.</translation>
    </message>
    <message>
        <source>The size of the pictures changes: {0}, and {1} more times.</source>
        <translation>Die Größe der Bilder wechselt: {0}, und {1} weitere Male.</translation>
    </message>
    <message>
        <source>The size of the pictures changes: {0}.</source>
        <translation>Die Größe der Bilder wechselt: {0}.</translation>
    </message>
    <message>
        <source>The spectra of real faces in {0} are damaged ({1}); install the program again.</source>
        <translation>Die Spektren echter Gesichter in {0} sind beschädigt ({1}); das Programm neu installieren.</translation>
    </message>
    <message>
        <source>The spectra of real faces in {0} cannot be read: {1}.</source>
        <translation>Die Spektren echter Gesichter in {0} können nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <source>The sweep was cancelled; the results cover only the faces that were scored at every level before.</source>
        <translation>Die Kompressionsreihe wurde abgebrochen; die Ergebnisse umfassen nur die Gesichter, die bis dahin bei jeder Stufe bewertet waren.</translation>
    </message>
    <message>
        <source>The tensor &apos;{0}&apos; has values that are not finite in {1}.</source>
        <translation>Der Tensor „{0}“ hat Werte, die in {1} nicht endlich sind.</translation>
    </message>
    <message>
        <source>The tensor &apos;{0}&apos; of the file {1} is of a kind that is not read.</source>
        <translation>Der Tensor „{0}“ der Datei {1} ist von einer Art, die nicht gelesen wird.</translation>
    </message>
    <message>
        <source>The video is HDR; no detector here was validated on HDR pictures, and no tone mapping was applied.</source>
        <translation>Das Video ist HDR; kein Detektor hier wurde an HDR-Bildern validiert, und es wurde keine Tonwertabbildung angewandt.</translation>
    </message>
    <message>
        <source>The video is interlaced; its frames were analysed as stored, with both fields in one picture.</source>
        <translation>Das Video hat Zeilensprung; seine Einzelbilder wurden wie gespeichert analysiert, mit beiden Halbbildern in einem Bild.</translation>
    </message>
    <message>
        <source>The video that is shown can no longer be decoded; open it again.</source>
        <translation>Das gezeigte Video kann nicht mehr decodiert werden; es erneut öffnen.</translation>
    </message>
    <message>
        <source>The weights &apos;{0}&apos; belong to the method &apos;{1}&apos;, which does not bleach; installed weights that do: {2}.</source>
        <translation>Die Gewichte „{0}“ gehören zur Methode „{1}“, die nicht bleicht; installierte Gewichte, die es tun: {2}.</translation>
    </message>
    <message>
        <source>The weights &apos;{0}&apos; stand before the detector &apos;{1}&apos; with the SHA-256 {2}, but the one that is installed has {3}. Install the former again, or train &apos;{0}&apos; again before the latter.</source>
        <translation>Die Gewichte „{0}“ stehen vor dem Detektor „{1}“ mit der SHA-256 {2}, der installierte hat aber {3}. Installieren Sie den ersten wieder, oder trainieren Sie „{0}“ neu vor dem zweiten.</translation>
    </message>
    <message>
        <source>The weights &apos;{0}&apos; stand before the detector &apos;{1}&apos;, which is not installed. Install it under this name; the SHA-256 of its weights is {2}.</source>
        <translation>Die Gewichte „{0}“ stehen vor dem Detektor „{1}“, der nicht installiert ist. Installieren Sie ihn unter diesem Namen; die SHA-256 seiner Gewichte ist {2}.</translation>
    </message>
    <message>
        <source>The weights cannot be written to {0}: {1}.</source>
        <translation>Die Gewichte können nicht in {0} geschrieben werden: {1}.</translation>
    </message>
    <message>
        <source>The weights in {0} do not fit {1}: {2}{3}.</source>
        <translation>Die Gewichte in {0} passen nicht zu {1}: {2}{3}.</translation>
    </message>
    <message>
        <source>The weights of {0} do not fit into the memory of {1}. Close other programs that use it, or choose --device cpu.</source>
        <translation>Die Gewichte von {0} passen nicht in den Speicher von {1}. Andere Programme schließen, die ihn belegen, oder --device cpu wählen.</translation>
    </message>
    <message>
        <source>The weights {0} are not the ones that the card describes: their SHA-256 is {1}, the card says {2}. Install the detector &apos;{3}&apos; again.</source>
        <translation>Die Gewichte {0} sind nicht die, die die Karte beschreibt: Ihre SHA-256 ist {1}, die Karte nennt {2}. Den Detektor „{3}“ neu installieren.</translation>
    </message>
    <message>
        <source>There are no weights named &apos;{0}&apos;. Installed are: {1}.</source>
        <translation>Es gibt keine Gewichte namens „{0}“. Installiert sind: {1}.</translation>
    </message>
    <message>
        <source>There is no bleach generator for crops of {0} pixels; there are: {1}.</source>
        <translation>Es gibt keinen Bleichgenerator für Ausschnitte von {0} Pixeln; es gibt: {1}.</translation>
    </message>
    <message>
        <source>There is no device &apos;{0}&apos;; use auto, cpu, cuda or cuda:N.</source>
        <translation>Es gibt kein Gerät „{0}“; auto, cpu, cuda oder cuda:N verwenden.</translation>
    </message>
    <message>
        <source>There is no method &apos;{0}&apos;; there are: {1}.</source>
        <translation>Es gibt keine Methode „{0}“; es gibt: {1}.</translation>
    </message>
    <message>
        <source>There is no precision &apos;{0}&apos;; use {1}.</source>
        <translation>Es gibt keine Rechengenauigkeit „{0}“; {1} verwenden.</translation>
    </message>
    <message>
        <source>There is something named &apos;{0}&apos; among the weights already; choose another name.</source>
        <translation>Unter den Gewichten gibt es schon etwas namens „{0}“; einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>These weights have no calibration for the measured compression.</source>
        <translation>Diese Gewichte haben keine Kalibrierung für die gemessene Kompression.</translation>
    </message>
    <message>
        <source>Track {0} has the highest score of {1} tracks; with more faces a high score by chance becomes more likely.</source>
        <translation>Spur {0} hat den höchsten Wert von {1} Spuren; mit mehr Gesichtern wird ein zufällig hoher Wert wahrscheinlicher.</translation>
    </message>
    <message>
        <source>Trained by contrast between and within faces to rely on inconsistencies inside a face, which carries over better to unseen kinds of forgery. Weaker on strong compression; a crop forged as a whole has none inside.</source>
        <translation>Durch Gegenüberstellung zwischen und innerhalb von Gesichtern darauf trainiert, sich auf Unstimmigkeiten in einem Gesicht zu stützen, was sich besser auf unbekannte Arten von Fälschung überträgt. Schwächer bei starker Kompression; ein im Ganzen gefälschter Ausschnitt hat innen keine.</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Trainiert an</translation>
    </message>
    <message>
        <source>Trained on pairs of the same crop at two compression levels to measure what survives compression and to locate the forged region. Weak on forgeries of a kind it was not trained on; its maps learn the regions of the training masks.</source>
        <translation>An Paaren desselben Ausschnitts bei zwei Kompressionsstufen darauf trainiert, zu messen, was Kompression übersteht, und den gefälschten Bereich zu finden. Schwach bei nicht trainierten Arten von Fälschung; seine Karten lernen die Bereiche der Trainingsmasken.</translation>
    </message>
    <message>
        <source>Trained so that a crop and its JPEG-compressed copy look alike to it while real and forged stay apart. A small network; weak on forgeries of a kind it was not trained on and on traces that compression removed.</source>
        <translation>So trainiert, dass ihm ein Ausschnitt und seine JPEG-komprimierte Kopie gleich erscheinen, während echt und gefälscht getrennt bleiben. Ein kleines Netz; schwach bei nicht trainierten Arten von Fälschung und bei Hinweisen, die die Kompression entfernt hat.</translation>
    </message>
    <message>
        <source>Trained so that a strongly compressed crop keeps the same relations to other crops as its weakly compressed twin; meant for unknown compression levels. Weak on forgeries of a kind it was not trained on.</source>
        <translation>So trainiert, dass ein stark komprimierter Ausschnitt dieselben Beziehungen zu anderen Ausschnitten behält wie sein schwach komprimierter Zwilling; gedacht für unbekannte Kompressionsstufen. Schwach bei nicht trainierten Arten von Fälschung.</translation>
    </message>
    <message>
        <source>Training command</source>
        <translation>Trainingsbefehl</translation>
    </message>
    <message>
        <source>Two of the detectors have the name &apos;{0}&apos;; choose one of them.</source>
        <translation>Zwei der Detektoren heißen „{0}“; einen davon wählen.</translation>
    </message>
    <message>
        <source>Two outputs have the same name, {0}; give each its own.</source>
        <translation>Zwei Ausgaben haben denselben Namen, {0}; jeder einen eigenen geben.</translation>
    </message>
    <message>
        <source>Used with</source>
        <translation>Gehört zu</translation>
    </message>
    <message>
        <source>Validated for</source>
        <translation>Geprüft für</translation>
    </message>
    <message>
        <source>Weights, SHA-256</source>
        <translation>Gewichte, SHA-256</translation>
    </message>
    <message>
        <source>What it claims</source>
        <translation>Was sie beansprucht</translation>
    </message>
    <message>
        <source>When and where</source>
        <translation>Wann und wo</translation>
    </message>
    <message>
        <source>Where the capsules that voted for forged were active (37 x 37), weighted by their votes, scaled to the maximum; votes are made of statistics of the whole crop, so a bright cell need not itself have raised the score.</source>
        <translation>Wo die Kapseln, die für gefälscht stimmten, aktiv waren (37 x 37), nach ihren Stimmen gewichtet, auf das Maximum skaliert; Stimmen entstehen aus Statistiken des ganzen Ausschnitts, eine helle Zelle muss den Wert also nicht selbst erhöht haben.</translation>
    </message>
    <message>
        <source>a SHA-256 is not 64 hexadecimal digits</source>
        <translation>eine SHA-256 besteht nicht aus 64 Hexadezimalziffern</translation>
    </message>
    <message>
        <source>a bound of its validated conditions is out of range</source>
        <translation>eine Grenze ihrer validierten Bedingungen liegt außerhalb des Möglichen</translation>
    </message>
    <message>
        <source>an error rate of its band &apos;{0}&apos; is not from 0 to 1</source>
        <translation>eine Fehlerrate ihres Bandes „{0}“ liegt nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>wie es ist</translation>
    </message>
    <message>
        <source>at this compression (band &apos;{0}&apos;)</source>
        <translation>bei dieser Kompression (Band „{0}“)</translation>
    </message>
    <message>
        <source>between {0:.2f} s and {1:.2f} s</source>
        <translation>zwischen {0:.2f} s und {1:.2f} s</translation>
    </message>
    <message>
        <source>cancelled before it was scored</source>
        <translation>vor der Bewertung abgebrochen</translation>
    </message>
    <message>
        <source>commit {0}</source>
        <translation>Commit {0}</translation>
    </message>
    <message>
        <source>exit code {0}</source>
        <translation>Rückgabewert {0}</translation>
    </message>
    <message>
        <source>faces of at least {0:g} px</source>
        <translation>Gesichter ab {0:g} px</translation>
    </message>
    <message>
        <source>frames before it are missing from the file, and it needs them</source>
        <translation>davor fehlen in der Datei Einzelbilder, die es braucht</translation>
    </message>
    <message>
        <source>inconclusive</source>
        <translation>nicht schlüssig</translation>
    </message>
    <message>
        <source>it did not answer for {0:.0f} s</source>
        <translation>keine Antwort seit {0:.0f} s</translation>
    </message>
    <message>
        <source>it has a number of too many digits, or is nested too deeply</source>
        <translation>sie enthält eine Zahl mit zu vielen Ziffern oder ist zu tief verschachtelt</translation>
    </message>
    <message>
        <source>it is a device, not a file; choose another name</source>
        <translation>es ist ein Gerät, keine Datei; einen anderen Namen wählen</translation>
    </message>
    <message>
        <source>it is a folder; name a file in it</source>
        <translation>es ist ein Ordner; eine Datei darin nennen</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>es ist beschädigt</translation>
    </message>
    <message>
        <source>it needs a frame that is damaged</source>
        <translation>es braucht ein Einzelbild, das beschädigt ist</translation>
    </message>
    <message>
        <source>its band &apos;{0}&apos; was calibrated on no crops</source>
        <translation>ihr Band „{0}“ wurde an keinem Ausschnitt kalibriert</translation>
    </message>
    <message>
        <source>its crops have {0} pixels a side, not {1} to {2}</source>
        <translation>ihre Ausschnitte haben {0} Pixel Seitenlänge, nicht {1} bis {2}</translation>
    </message>
    <message>
        <source>its figure &apos;{0}&apos; or the interval around it is not from 0 to 1</source>
        <translation>ihre Kennzahl „{0}“ oder das Intervall darum liegt nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <source>its figure &apos;{0}&apos; was measured on a negative number of crops</source>
        <translation>ihre Kennzahl „{0}“ wurde an einer negativen Zahl von Ausschnitten gemessen</translation>
    </message>
    <message>
        <source>its folder is named &apos;{0}&apos;, but it calls itself &apos;{1}&apos;</source>
        <translation>ihr Ordner heißt „{0}“, sie selbst nennt sich „{1}“</translation>
    </message>
    <message>
        <source>its margin is {0:g}, not {1:g} to {2:g}</source>
        <translation>ihr Rand ist {0:g}, nicht {1:g} bis {2:g}</translation>
    </message>
    <message>
        <source>its mean or standard deviation of pixels is out of range</source>
        <translation>ihr Mittelwert oder ihre Standardabweichung der Pixel liegt außerhalb des Möglichen</translation>
    </message>
    <message>
        <source>its name is too long; choose a shorter one</source>
        <translation>der Name ist zu lang; einen kürzeren wählen</translation>
    </message>
    <message>
        <source>its training took {0} minutes</source>
        <translation>ihr Training dauerte {0} Minuten</translation>
    </message>
    <message>
        <source>mean {0}, std {1}</source>
        <translation>Mittelwert {0}, Standardabweichung {1}</translation>
    </message>
    <message>
        <source>no bounds were measured</source>
        <translation>es wurden keine Grenzen gemessen</translation>
    </message>
    <message>
        <source>no face was found</source>
        <translation>es wurde kein Gesicht gefunden</translation>
    </message>
    <message>
        <source>no picture stream</source>
        <translation>keinen Bildstrom</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>not assessable</source>
        <translation>nicht beurteilbar</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>nothing: raw scores support no verdict</source>
        <translation>nichts: Rohwerte stützen keinen Befund</translation>
    </message>
    <message>
        <source>one crop</source>
        <translation>einem Ausschnitt</translation>
    </message>
    <message>
        <source>only sound</source>
        <translation>nur Ton</translation>
    </message>
    <message>
        <source>over all levels</source>
        <translation>über alle Stufen</translation>
    </message>
    <message>
        <source>pitch up to {0:g}°</source>
        <translation>Neigung bis {0:g}°</translation>
    </message>
    <message>
        <source>quality {0}</source>
        <translation>Qualität {0}</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>Startwert {0}</translation>
    </message>
    <message>
        <source>sharpness of at least {0:g}</source>
        <translation>Schärfe ab {0:g}</translation>
    </message>
    <message>
        <source>supports authenticity</source>
        <translation>stützt Echtheit</translation>
    </message>
    <message>
        <source>supports manipulation</source>
        <translation>stützt Manipulation</translation>
    </message>
    <message>
        <source>the cache {0} cannot be used ({1}), so torch runs every network</source>
        <translation>der Zwischenspeicher {0} ist nicht nutzbar ({1}), darum rechnet torch jedes Netz</translation>
    </message>
    <message>
        <source>the curve of its band &apos;{0}&apos; is out of range</source>
        <translation>die Kurve ihres Bandes „{0}“ liegt außerhalb des Möglichen</translation>
    </message>
    <message>
        <source>the decoder gives no picture for it</source>
        <translation>der Decoder gibt kein Bild dafür</translation>
    </message>
    <message>
        <source>the disk is full; make room, or choose another disk</source>
        <translation>der Datenträger ist voll; Platz schaffen oder einen anderen wählen</translation>
    </message>
    <message>
        <source>the face is compressed more strongly than QP {0:.0f}</source>
        <translation>das Gesicht ist stärker komprimiert als QP {0:.0f}</translation>
    </message>
    <message>
        <source>the face is more blurred than sharpness {0:.1f}</source>
        <translation>das Gesicht ist unschärfer als Schärfe {0:.1f}</translation>
    </message>
    <message>
        <source>the face is smaller than {0:.0f} px</source>
        <translation>das Gesicht ist kleiner als {0:.0f} px</translation>
    </message>
    <message>
        <source>the file begins without a key frame, and this picture needs what came before</source>
        <translation>die Datei beginnt ohne Schlüsselbild, und dieses Bild braucht, was davor lag</translation>
    </message>
    <message>
        <source>the file cannot be read further ({0})</source>
        <translation>die Datei kann nicht weiter gelesen werden ({0})</translation>
    </message>
    <message>
        <source>the folder {0} may not be written to; choose another one</source>
        <translation>in den Ordner {0} darf nicht geschrieben werden; einen anderen wählen</translation>
    </message>
    <message>
        <source>the head is tilted by more than {0:.0f} degrees</source>
        <translation>der Kopf ist um mehr als {0:.0f} Grad geneigt</translation>
    </message>
    <message>
        <source>the head is turned by more than {0:.0f} degrees</source>
        <translation>der Kopf ist um mehr als {0:.0f} Grad gedreht</translation>
    </message>
    <message>
        <source>the limits of its band &apos;{0}&apos; are out of range</source>
        <translation>die Grenzen ihres Bandes „{0}“ liegen außerhalb des Möglichen</translation>
    </message>
    <message>
        <source>the network&apos;s score is not a finite number</source>
        <translation>der Wert des Netzes ist keine endliche Zahl</translation>
    </message>
    <message>
        <source>the thresholds of its band &apos;{0}&apos; are {1:g} and {2:g}, not in order from 0 to 1</source>
        <translation>die Schwellen ihres Bandes „{0}“ sind {1:g} und {2:g}, nicht geordnet von 0 bis 1</translation>
    </message>
    <message>
        <source>two bands of its calibration have the same name</source>
        <translation>zwei Bänder ihrer Kalibrierung haben denselben Namen</translation>
    </message>
    <message>
        <source>with its surroundings the face has more than {0} million pixels</source>
        <translation>mit seiner Umgebung hat das Gesicht mehr als {0} Millionen Pixel</translation>
    </message>
    <message>
        <source>yaw up to {0:g}°</source>
        <translation>Drehung bis {0:g}°</translation>
    </message>
    <message>
        <source>{0:.0f} min</source>
        <translation>{0:.0f} min</translation>
    </message>
    <message>
        <source>{0} crops</source>
        <translation>{0} Ausschnitten</translation>
    </message>
    <message>
        <source>{0} damaged packets or frames were skipped.</source>
        <translation>{0} beschädigte Pakete oder Einzelbilder wurden übersprungen.</translation>
    </message>
    <message>
        <source>{0} frames were left out because they need frames that are missing or damaged.</source>
        <translation>{0} Einzelbilder wurden ausgelassen, weil sie Einzelbilder brauchen, die fehlen oder beschädigt sind.</translation>
    </message>
    <message>
        <source>{0} is a file; name a folder for the results of several exhibits.</source>
        <translation>{0} ist eine Datei; einen Ordner für die Ergebnisse mehrerer Beweisstücke angeben.</translation>
    </message>
    <message>
        <source>{0} is a folder; name a file in it for the report.</source>
        <translation>{0} ist ein Ordner; eine Datei darin für den Bericht angeben.</translation>
    </message>
    <message>
        <source>{0} is not an ordinary file (a pipe or a device); name a file.</source>
        <translation>{0} ist keine gewöhnliche Datei (eine Pipe oder ein Gerät); eine Datei angeben.</translation>
    </message>
    <message>
        <source>{0} is protected against being written to; choose another name.</source>
        <translation>{0} ist schreibgeschützt; einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>{0} is the examined file itself; choose another name for the report.</source>
        <translation>{0} ist die untersuchte Datei selbst; einen anderen Namen für den Bericht wählen.</translation>
    </message>
    <message>
        <source>{0} is there already and is not a {1} file of ForensicLab; choose another name, or move it away.</source>
        <translation>{0} ist schon da und ist keine {1}-Datei von ForensicLab; einen anderen Namen wählen oder sie verschieben.</translation>
    </message>
    <message>
        <source>{0} must have shape {1}, but has {2}.</source>
        <translation>{0} muss die Form {1} haben, hat aber {2}.</translation>
    </message>
    <message>
        <source>{0} parts of it cannot be decoded</source>
        <translation>{0} Teile davon können nicht decodiert werden</translation>
    </message>
    <message>
        <source>{0} raw score {1:.3f} over {2}.</source>
        <translation>{0} der Rohwerte: {1:.3f} aus {2}.</translation>
    </message>
    <message>
        <source>{0} was not written: {1}.</source>
        <translation>{0} wurde nicht geschrieben: {1}.</translation>
    </message>
    <message>
        <source>{0} x {1} px from {2:.2f} s</source>
        <translation>{0} x {1} px ab {2:.2f} s</translation>
    </message>
    <message>
        <source>{0} × {0} px, {1:g} × the face box</source>
        <translation>{0} × {0} px, {1:g} × der Gesichtsrahmen</translation>
    </message>
    <message>
        <source>{0}: {1}.</source>
        <translation>{0}: {1}.</translation>
    </message>
</context>
<context>
    <name>inspector</name>
    <message>
        <source>Choose a track to inspect its face.</source>
        <translation>Eine Spur wählen, um ihr Gesicht zu untersuchen.</translation>
    </message>
    <message>
        <source>No crop of this track has been scored yet.</source>
        <translation>Noch wurde kein Ausschnitt dieser Spur bewertet.</translation>
    </message>
    <message>
        <source>No crop of this track lies in the selected range of time.</source>
        <translation>Kein Ausschnitt dieser Spur liegt im gewählten Zeitbereich.</translation>
    </message>
    <message>
        <source>No crop of this track was scored; the verdict says why.</source>
        <translation>Kein Ausschnitt dieser Spur wurde bewertet; der Befund sagt, warum.</translation>
    </message>
    <message>
        <source>No face has been found yet.</source>
        <translation>Noch wurde kein Gesicht gefunden.</translation>
    </message>
    <message>
        <source>No face was found before the analysis stopped.</source>
        <translation>Bis zum Abbruch der Analyse wurde kein Gesicht gefunden.</translation>
    </message>
    <message>
        <source>No face was found in this exhibit, so there is none to inspect.</source>
        <translation>In diesem Beweisstück wurde kein Gesicht gefunden; es gibt keines zu untersuchen.</translation>
    </message>
    <message>
        <source>Open a video or a picture: its faces are inspected here.</source>
        <translation>Ein Video oder ein Bild öffnen: Seine Gesichter werden hier untersucht.</translation>
    </message>
    <message>
        <source>QP {0}</source>
        <translation>QP {0}</translation>
    </message>
    <message>
        <source>The exhibit was not read, so there is no face to inspect.</source>
        <translation>Das Beweisstück wurde nicht gelesen, daher gibt es kein Gesicht zu untersuchen.</translation>
    </message>
    <message>
        <source>face {0} px</source>
        <translation>Gesicht {0} px</translation>
    </message>
    <message>
        <source>frame {0}</source>
        <translation>Einzelbild {0}</translation>
    </message>
    <message>
        <source>{0} picture</source>
        <translation>{0}-Bild</translation>
    </message>
</context>
<context>
    <name>intake</name>
    <message>
        <source>&apos;{0}&apos; is not a file on this computer; save it here first, then open it.</source>
        <translation>„{0}“ ist keine Datei auf diesem Rechner; erst hier speichern, dann öffnen.</translation>
    </message>
    <message>
        <source>There is no file &apos;{0}&apos;; check its name and location.</source>
        <translation>Es gibt keine Datei „{0}“; Name und Ort prüfen.</translation>
    </message>
</context>
<context>
    <name>levels</name>
    <message>
        <source>Known when the curve is complete</source>
        <translation>Bekannt, wenn die Kurve vollständig ist</translation>
    </message>
    <message>
        <source>From {0} on, the verdict is no longer “{1}” but “{2}”.</source>
        <translation>Ab {0} ist der Befund nicht mehr „{1}“; dort ist er „{2}“.</translation>
    </message>
    <message>
        <source>The verdict does not change permanently at any level.</source>
        <translation>Der Befund ändert sich bei keiner Stufe dauerhaft.</translation>
    </message>
    <message>
        <source>as in the exhibit</source>
        <translation>wie im Beweisstück</translation>
    </message>
    <message>
        <source>exhibit: QP {0}</source>
        <translation>Beweisstück: QP {0}</translation>
    </message>
    <message>
        <source>exhibit: quality {0}</source>
        <translation>Beweisstück: Qualität {0}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>none ({0})</source>
        <translation>keiner ({0})</translation>
    </message>
</context>
<context>
    <name>pair</name>
    <message>
        <source>Codec</source>
        <translation>Codec</translation>
    </message>
    <message>
        <source>Crops scored</source>
        <translation>Bewertete Ausschnitte</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Einzelbilder je Sekunde</translation>
    </message>
    <message>
        <source>Mean QP</source>
        <translation>Mittlerer QP</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>a different compression band</source>
        <translation>anderes Kompressionsband</translation>
    </message>
    <message>
        <source>a different verdict</source>
        <translation>anderer Befund</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>verschieden</translation>
    </message>
    <message>
        <source>probability {0}</source>
        <translation>Wahrscheinlichkeit {0}</translation>
    </message>
    <message>
        <source>raw score {0}</source>
        <translation>Rohwert {0}</translation>
    </message>
</context>
<context>
    <name>timeline</name>
    <message>
        <source>QP under the face (╷ I pictures)   ▬ not scored   ┆ shot</source>
        <translation>QP unter dem Gesicht (╷ I-Bilder)   ▬ nicht bewertet   ┆ Schnitt</translation>
    </message>
    <message>
        <source>QP under the face (■ I  ● P  × B)   ▬ not scored   ┆ shot</source>
        <translation>QP unter dem Gesicht (■ I  ● P  × B)   ▬ nicht bewertet   ┆ Schnitt</translation>
    </message>
    <message>
        <source>QP {0}</source>
        <translation>QP {0}</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>und {0} weitere</translation>
    </message>
    <message>
        <source>not scored: {0}</source>
        <translation>nicht bewertet: {0}</translation>
    </message>
    <message>
        <source>{0} long; tracks: {1}; detectors: {2}; stretches not scored: {3}</source>
        <translation>Länge {0}; Spuren: {1}; Detektoren: {2}; nicht bewertete Strecken: {3}</translation>
    </message>
    <message>
        <source>{0} picture</source>
        <translation>{0}-Bild</translation>
    </message>
    <message>
        <source>{0}: mean {1} of {2}</source>
        <translation>{0}: Mittelwert {1} aus {2}</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>Not read yet</source>
        <translation>Noch nicht gelesen</translation>
    </message>
    <message>
        <source>Track {0}</source>
        <translation>Spur {0}</translation>
    </message>
    <message>
        <source>computing SHA-256</source>
        <translation>SHA-256 wird berechnet</translation>
    </message>
    <message>
        <source>inconclusive</source>
        <translation>nicht schlüssig</translation>
    </message>
    <message>
        <source>not assessable</source>
        <translation>nicht beurteilbar</translation>
    </message>
    <message>
        <source>not judged yet</source>
        <translation>noch nicht beurteilt</translation>
    </message>
    <message>
        <source>reading frames, finding and scoring faces</source>
        <translation>Einzelbilder werden gelesen, Gesichter gefunden und bewertet</translation>
    </message>
    <message>
        <source>scoring the last faces</source>
        <translation>die letzten Gesichter werden bewertet</translation>
    </message>
    <message>
        <source>supports authenticity</source>
        <translation>stützt Echtheit</translation>
    </message>
    <message>
        <source>supports manipulation</source>
        <translation>stützt Manipulation</translation>
    </message>
    <message>
        <source>{0} bytes</source>
        <translation>{0} Byte</translation>
    </message>
    <message>
        <source>{0} frames/s</source>
        <translation>{0} Einzelbilder/s</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
</context>
</TS>
